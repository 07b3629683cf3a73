import { accuracy, argmax, confusion } from "nabla/runtime";
import { expect, test } from "vitest";

const scores = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6, 0.9, 0.05, 0.05];

test("argmax takes the highest, the first of equals, and never NaN", () => {
  expect([0, 1, 2, 3].map((row) => argmax(scores, row, 3))).toEqual([1, 0, 2, 0]);
  expect(argmax([2, 5, 5], 0, 3)).toBe(1);
  expect(argmax([Number.NaN, -1, -2], 0, 3)).toBe(1);
});

test("accuracy and confusion count every row", () => {
  expect(accuracy(scores, [1, 0, 2, 1], 3)).toBe(0.75);
  expect([...confusion(scores, [1, 0, 2, 1], 3)]).toEqual([1, 0, 0, 1, 1, 0, 0, 0, 1]);
});

test("lengths and labels that do not fit are refused", () => {
  expect(() => accuracy(scores, [1, 0, 2], 3)).toThrow(new RangeError("scores: expected 3 x 3 numbers, got 12"));
  expect(() => confusion(scores, [1, 0, 3, 1], 3)).toThrow("labels, row 2: expected an integer from 0 to 2, got 3");
});
