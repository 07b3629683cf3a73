/**
 * A record that was written as JSON and may have been damaged or forged since: every key of it is checked, none is ignored.
 *
 *   readRecord('{"epochs":2.5}', object({ epochs: integer(1) }))   ->   { fault: "epochs: expected an integer from 1 to ..., got 2.5" }
 */
import { describeFault, type Kind } from "../../runtime/kinds.ts";
import { quote } from "./errors.ts";

export type ReadRecord<T> =
  | { readonly record: T; readonly fault?: undefined }
  | { readonly record?: undefined; readonly fault: string };

export function readRecord<T>(json: string, kind: Kind): ReadRecord<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { fault: `it is not JSON: ${(error as Error).message.slice(0, 100)}` };
  }
  const twice = findDuplicateKey(json);
  if (twice !== undefined) return { fault: `it has the key ${quote(twice)} twice` };
  const fault = kind(value, "");
  return fault ? { fault: describeFault(fault, "it") } : { record: value as T };
}

/**
 * The first key that an object of `json` has twice; JSON.parse would keep the later one without a word. `json` is known
 * to be valid, so strings, braces and colons are all there is to look at.
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  const token = /["{}]/g;
  for (let match = token.exec(json); match; match = token.exec(json)) {
    if (match[0] === "{") open.push(new Set());
    else if (match[0] === "}") open.pop();
    else {
      const end = stringEnd(json, match.index);
      token.lastIndex = end;
      if (!isKey(json, end)) continue;
      const name = JSON.parse(json.slice(match.index, end)) as string;
      const keys = open.at(-1)!;
      if (keys.has(name)) return name;
      keys.add(name);
    }
  }
  return undefined;
}

/** The first number of valid `json` that is written with more than digits, such as 2.0, 2e0 or -0. */
export function findOddNumber(json: string): string | undefined {
  const token = /["-]|\d[.eE]/g;
  for (let match = token.exec(json); match; match = token.exec(json)) {
    if (match[0] !== '"') return /^[-+.\deE]{1,20}/.exec(json.slice(match.index, match.index + 20))![0];
    token.lastIndex = stringEnd(json, match.index);
  }
  return undefined;
}

/** Past the closing quote. A loop, since a regular expression runs out of stack on a string of some megabytes. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(json: string, end: number): boolean {
  const next = /\S/g;
  next.lastIndex = end;
  return next.exec(json)?.[0] === ":";
}
