/**
 * Saving and restoring: parameters, optimiser state, step counter and seed as one plain object.
 *
 *   { format: 1, hash: "9f86...", tensors: { "out.weight": Float32Array(12), ... }, step: 40, seed: 1 }
 */
import { countRows, toNumbers } from "./feed.ts";
import { ARRAYS, type Given, type Memory, type Port, type Tensor, viewAt } from "./port.ts";
import type { Signature } from "./section.ts";
import { checkInteger, wrong } from "./wrong.ts";

export interface SavedState {
  readonly format: 1;
  /** Of the graph; only a net with the same hash takes the state. */
  readonly hash: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Steps taken since init. */
  readonly step: number;
  readonly seed: number;
}

export interface State {
  /** A copy of all that training changes; survives structuredClone. */
  save(): SavedState;
  /** Throws, before anything is written, a TypeError or RangeError for a state of another graph or one that is not whole. */
  restore(state: SavedState): void;
}

export function openState(signature: Signature, memory: Memory, ports: readonly Port[]): State {
  const hash = signature.hash!;
  const step = viewAt(memory, "i32", signature.step!);
  const seed = viewAt(memory, "i32", signature.seed!);
  return {
    save: () => ({
      format: 1,
      hash,
      tensors: Object.fromEntries(ports.map(({ name, view }) => [name, view.slice()])),
      step: step[0]! >>> 0,
      seed: seed[0]! >>> 0,
    }),
    restore(state) {
      checkInteger("format", state.format, 1, 1);
      if (state.hash !== hash) wrong("hash", hash, state.hash);
      checkInteger("step", state.step);
      checkInteger("seed", state.seed);
      assign(ports, state.tensors);
      step[0] = state.step;
      seed[0] = state.seed;
    },
  };
}

/** Fills the tensors of all ports, or throws a TypeError or RangeError before anything is written. */
function assign(ports: readonly Port[], values: Given): void {
  if (countRows(ports, "tensors", values, 1, 1))
    // Some may be views of others here.
    ports
      .map(({ name, dtype }) => new ARRAYS[dtype](values[name] as ArrayLike<number>))
      .map((copy, i) => ports[i]!.view.set(copy));
  else assign(ports, toNumbers(ports, values));
}

/**
 * The views by name, live both ways: `states["b"][0] = 1`, and `states["b"] = [1, 2, 3]` copies. Without a prototype, so that
 * a tensor may have any name; closed, so that a misspelt one throws.
 */
export function byName(ports: readonly Port[]): Record<string, Tensor> {
  return Object.freeze(
    Object.create(
      null,
      Object.fromEntries(
        ports.map((port) => [
          port.name,
          {
            enumerable: true,
            get: () => port.view,
            set: (values: ArrayLike<number>) => assign([port], { [port.name]: values }),
          },
        ]),
      ),
    ),
  );
}
