/**
 * Names of parameters and states, from the bindings of the model file.
 *
 *   const hidden = relu(dense(x, 8))      hidden.weight, hidden.bias
 *   const block1 = block(x)               block1.inner.weight, for `const inner = dense(...)` inside block
 *   a second hidden                       hidden_2.weight
 */
import { currentOrigin } from "../graph/origin.ts";

export interface Names {
  /** The name itself, or with _2, _3... where it is taken; taken from now on. */
  claim(wanted: string): string;
  isTaken(name: string): boolean;
  /** dense1, dense2... for what has no name of its own. */
  number(kind: string): string;
}

export function createNames(): Names {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  const claim = (wanted: string): string => {
    let name = wanted;
    for (let copy = 2; taken.has(name); copy++) name = `${wanted}_${copy}`;
    taken.add(name);
    return name;
  };
  return {
    claim,
    isTaken: (name) => taken.has(name),
    number(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return claim(`${kind}${count}`);
    },
  };
}

/** The bindings around the current call, outermost first; undefined where there is none. */
export function bindingPath(): string | undefined {
  const path: string[] = [];
  for (let at = currentOrigin(); at !== undefined; at = at.outer)
    if (at.binding !== undefined) path.unshift(at.binding);
  return path.length > 0 ? path.join(".") : undefined;
}

/** As JavaScript has them. */
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A name that generated code can use as a plain identifier, and that no plain object answers to by inheritance. */
export const isFieldName = (name: string): boolean => identifier.test(name) && !(name in Object.prototype);

/** A path of identifiers: hidden, block1.inner. */
export const isPath = (name: string): boolean => name.split(".").every((part) => identifier.test(part));

/** One that no plain object answers to by inheritance, either: constructor.weight is one, constructor is none. */
export const isStateName = (name: string): boolean => isPath(name) && !(name in Object.prototype);
