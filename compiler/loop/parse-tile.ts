/**
 * Reads a tile plan as `printTile` writes it.
 *
 *   "lanes along i1 x2, i0 by 4, last rows x6"
 *   ->   { vector: "i1", across: false, vectors: 2, unroll: [{ axis: "i0", by: 4 }], lastRows: 6 }
 */
import type { TilePlan } from "./tile.ts";

const lanesPattern = /^lanes (along|across) ([a-z]\w*) x([1-9]\d*)$/;
const unrollPattern = /^([a-z]\w*) by ([1-9]\d*)$/;
const lastRowsPattern = /^last rows x([1-9]\d*)$/;

/** Throws a SyntaxError that names the part it cannot read and what it expected there. */
export function parseTile(text: string): TilePlan {
  if (text === "one point at a time") return { vector: undefined, across: false, vectors: 1, unroll: [] };
  const [head = "", ...rest] = text.split(", ");
  const lanes = lanesPattern.exec(head);
  if (!lanes) throw expected('"lanes along AXIS xN" or "lanes across AXIS xN"', head);
  const last = lastRowsPattern.exec(rest.at(-1) ?? "");
  const unroll = (last ? rest.slice(0, -1) : rest).map((part) => {
    const match = unrollPattern.exec(part);
    if (!match) throw expected('"AXIS by N", or "last rows xN" at the end', part);
    return { axis: match[1]!, by: Number(match[2]) };
  });
  return {
    vector: lanes[2]!,
    across: lanes[1] === "across",
    vectors: Number(lanes[3]),
    unroll,
    ...(last ? { lastRows: Number(last[1]) } : {}),
  };
}

const expected = (what: string, got: string) => new SyntaxError(`expected ${what}, got "${got}"`);
