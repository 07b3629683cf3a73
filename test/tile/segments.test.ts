/** Cutting an axis: each point is in exactly one segment, whole steps first. */
import { describe, expect, test } from "vitest";
import type { Axis } from "../../compiler/loop/kernel.ts";
import { printBound } from "../../compiler/loop/print.ts";
import { boundAt } from "../../compiler/loop/ranges.ts";
import { segmentsOf } from "../../compiler/loop/segments.ts";

const axis = (extent: number | "n", scale = 1): Axis => ({ name: "i", extent, scale });
const text = (of: Axis, sizes: number[]) =>
  segmentsOf(of, sizes).map(({ from, to, step }) => `${printBound(from)}..${printBound(to)} step ${step}`);

describe("fixed extents", () => {
  test.each([
    [16, [8], ["0..16 step 8"]],
    [18, [8], ["0..16 step 8", "16..18 step 2"]],
    [5, [8], ["0..5 step 5"]],
    [23, [16, 4], ["0..16 step 16", "16..20 step 4", "20..23 step 3"]],
    // What begins at 12 is counted from there.
    [20, [12, 8, 4], ["0..12 step 12", "12..20 step 8"]],
    [7, [1], ["0..7 step 1"]],
  ])("%i in steps of %j", (extent, sizes, want) => {
    expect(text(axis(extent), sizes)).toEqual(want);
  });
});

describe("rows", () => {
  test.each([
    [1, [4], ["0..down(n, 4) step 4", "down(n, 4)..n step 1"]],
    [1, [4, 4], ["0..down(n, 4) step 4", "down(n, 4)..n step 1"]],
    [10, [16, 4], ["0..down(10*n, 16) step 16", "down(10*n, 16)..down(10*n, 4) step 4", "down(10*n, 4)..10*n step 1"]],
    [8, [16, 4], ["0..down(8*n, 16) step 16", "down(8*n, 16)..8*n step 4"]],
    [8, [4, 4], ["0..8*n step 4"]],
    [1, [1], ["0..n step 1"]],
  ])("%i*n in steps of %j", (scale, sizes, want) => {
    expect(text(axis("n", scale), sizes)).toEqual(want);
  });
});

test("every point once, for every length", () => {
  for (const sizes of [[1], [2], [4], [8], [16, 4], [4, 4], [8, 2]]) {
    for (let length = 1; length <= 67; length++) {
      expect(covered(axis(length), sizes, 1), `${length} by ${sizes}`).toEqual(upTo(length));
      for (const scale of [1, 2, 3, 8]) {
        expect(covered(axis("n", scale), sizes, length), `${scale}*${length} by ${sizes}`).toEqual(
          upTo(scale * length),
        );
      }
    }
  }
});

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The points of all rounds, in their order. */
function covered(of: Axis, sizes: readonly number[], rows: number): number[] {
  const points: number[] = [];
  for (const { from, to, step } of segmentsOf(of, sizes)) {
    for (let at = boundAt(from, rows); at < boundAt(to, rows); at += step) {
      for (let i = 0; i < step; i++) points.push(at + i);
    }
  }
  return points;
}
