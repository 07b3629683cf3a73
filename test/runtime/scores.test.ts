/** Metrics by hand, and against plain loops on random answers. */
import { confusion, labelScores, regressionScores, scoresOf, topK } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { Random } from "../support/random.ts";

describe("scoresOf", () => {
  //         answered 0  1  2
  const counts = [3, 1, 0, 2, 4, 0, 0, 0, 0];

  test("precision, recall, F1 by hand; a class that is never there or never answered has 0", () => {
    const { accuracy, classes, macro } = scoresOf(counts, 3);
    expect(accuracy).toBe(7 / 10);
    expect(classes[0]).toEqual({ precision: 3 / 5, recall: 3 / 4, f1: expect.closeTo(2 / 3, 15), rows: 4 });
    expect(classes[1]).toEqual({ precision: 4 / 5, recall: 4 / 6, f1: expect.closeTo(8 / 11, 15), rows: 6 });
    expect(classes[2]).toEqual({ precision: 0, recall: 0, f1: 0, rows: 0 });
    expect(macro.precision).toBeCloseTo((3 / 5 + 4 / 5) / 3, 15);
  });

  test("counts of another size are refused", () =>
    expect(() => scoresOf([1, 2, 3], 2)).toThrow(new RangeError("counts: expected 2 x 2 numbers, got 3")));
});

describe("topK", () => {
  const scores = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6];

  test("counts labels among the k highest, the first of equals before the others", () => {
    expect(topK(scores, [1, 0, 2], 3, 1)).toBe(1);
    expect(topK(scores, [0, 1, 0], 3, 2)).toBe(2 / 3);
    expect(topK(scores, [0, 1, 1], 3, 2)).toBe(1 / 3);
    expect(topK(scores, [0, 2, 1], 3, 3)).toBe(1);
  });

  test("k = 1 is the accuracy", () => {
    const random = new Random(5);
    const answers = random.array(400, -1, 1);
    const labels = Array.from({ length: 100 }, () => random.integer(0, 3));
    expect(topK(answers, labels, 4, 1)).toBe(scoresOf(confusion(answers, labels, 4), 4).accuracy);
  });

  test("a k that is no number of classes is refused", () =>
    expect(() => topK(scores, [1, 0, 2], 3, 4)).toThrow("k: expected an integer from 1 to 3, got 4"));
});

test("labelScores counts each label by itself", () => {
  const random = new Random(9);
  const answers = random.array(150, -1, 1);
  const truth = Array.from({ length: 150 }, () => random.integer(0, 1));
  const { accuracy, classes } = labelScores(answers, truth, 3, 0.2);
  let right = 0;
  for (let label = 0; label < 3; label++) {
    let [hits, alarms, misses] = [0, 0, 0];
    for (let row = 0; row < 50; row++) {
      const answer = answers[3 * row + label]! > 0.2;
      const isThere = truth[3 * row + label] === 1;
      if (answer && isThere) hits++;
      if (answer && !isThere) alarms++;
      if (!answer && isThere) misses++;
      if (answer === isThere) right++;
    }
    expect(classes[label]!.precision).toBe(hits / (hits + alarms));
    expect(classes[label]!.recall).toBe(hits / (hits + misses));
    expect(classes[label]!.f1).toBeCloseTo((2 * hits) / (2 * hits + alarms + misses), 14);
  }
  expect(accuracy).toBe(right / 150);
});

describe("regressionScores", () => {
  test("by hand", () => {
    const { meanAbsoluteError, rootMeanSquaredError, rSquared } = regressionScores([1, 2, 4], [1, 2, 3]);
    expect(meanAbsoluteError).toBeCloseTo(1 / 3, 15);
    expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt(1 / 3), 15);
    expect(rSquared).toBe(0.5);
  });

  test("the mean of each column is what R squared is measured against", () => {
    // Column 0 is answered by its mean, column 1 exactly.
    expect(regressionScores([2, 10, 2, 20], [1, 10, 3, 20], 2).rSquared).toBeCloseTo(1 - 2 / (2 + 50), 15);
  });

  test("a truth that does not vary: 1 for no error, else 0", () => {
    expect(regressionScores([4, 4], [4, 4]).rSquared).toBe(1);
    expect(regressionScores([4, 5], [4, 4]).rSquared).toBe(0);
    // 600 times 14.62 summed up are not 600 x 14.62, and f32 has no 14.62: neither is a spread or an error.
    const truth = Array<number>(600).fill(14.62);
    expect(regressionScores(truth, truth).rSquared).toBe(1);
    expect(regressionScores(Float32Array.from(truth), truth).rSquared).toBe(1);
    expect(
      regressionScores(
        truth.map((v) => v + 1e-5),
        truth,
      ).rSquared,
    ).toBe(0);
    expect(regressionScores([0.3, 0.5], [0.3, 0.1 + 0.2]).rSquared).toBe(0);
  });

  test("no rows, or other lengths, are refused", () => {
    expect(() => regressionScores([], [])).toThrow(RangeError);
    expect(() => regressionScores([1], [1, 2])).toThrow("answers: expected as many numbers as of the truth (2)");
  });
});
