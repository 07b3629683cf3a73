import { expect, test } from "vitest";
import { median, relativeError } from "../../bench/lib/statistics.mjs";

test("median: the middle one, or the mean of the middle two, in any order", () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([10, 1, 2, 3])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test("relativeError: the largest difference over the largest magnitude", () => {
  expect(relativeError([1, -4], [1, -5])).toBeCloseTo(0.2, 12);
  expect(relativeError([0, 0], [0, 0])).toBe(0);
});

test("relativeError: another length, or what is no number, is as wrong as can be", () => {
  expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
});
