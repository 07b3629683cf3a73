/**
 * Reads a tiling as `printTile` writes it.
 *
 *   "lanes along i1 x2, i0 by 4, last rows x6"
 *   ->   { vector: "i1", across: false, vectors: 2, unroll: [{ axis: "i0", by: 4 }], lastRows: 6 }
 */
import type { Tiling } from "./tiling.ts";

const lanesPattern = /^lanes (along|across) ([a-z]\w*) x([1-9]\d*)$/;
const unrollPattern = /^([a-z]\w*) by ([1-9]\d*)$/;
const lastRowsPattern = /^last rows x([1-9]\d*)$/;
const passesPattern = /^passes along ([a-z]\w*(?: [a-z]\w*)*)$/;
const blocksPattern = /^sums by ([1-9]\d*) from ([1-9]\d*)$/;

/** Throws a SyntaxError that names the part it cannot read and what it expected there. */
export function parseTile(text: string): Tiling {
  const [head = "", ...rest] = text.split(", ");
  const lanes = parseLanes(head);
  const blocks = takeLast(rest, blocksPattern);
  const passes = takeLast(rest, passesPattern);
  const last = takeLast(rest, lastRowsPattern);
  const unroll = rest.map((part) => {
    const match = unrollPattern.exec(part);
    if (!match)
      throw expected('"AXIS by N", or "last rows xN", "passes along AXES" and "sums by N from N" at the end', part);
    return { axis: match[1]!, by: Number(match[2]) };
  });
  return {
    ...lanes,
    unroll,
    ...(last ? { lastRows: Number(last[1]) } : {}),
    ...(passes ? { passes: passes[1]!.split(" ") } : {}),
    ...(blocks ? { blocks: { by: Number(blocks[1]), from: Number(blocks[2]) } } : {}),
  };
}

function parseLanes(text: string): Pick<Tiling, "vector" | "across" | "vectors"> {
  if (text === "one point at a time") return { vector: undefined, across: false, vectors: 1 };
  const lanes = lanesPattern.exec(text);
  if (!lanes) throw expected('"lanes along AXIS xN" or "lanes across AXIS xN"', text);
  return { vector: lanes[2]!, across: lanes[1] === "across", vectors: Number(lanes[3]) };
}

function takeLast(parts: string[], pattern: RegExp): RegExpExecArray | undefined {
  const match = pattern.exec(parts.at(-1) ?? "");
  if (match) parts.pop();
  return match ?? undefined;
}

const expected = (what: string, got: string) => new SyntaxError(`expected ${what}, got "${got}"`);
