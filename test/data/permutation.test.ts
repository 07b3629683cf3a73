/** Threefry against its published vectors, and the statistics of the orders drawn with it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitRows } from "../../compiler/data/split.ts";
import { permutation, threefry2x32 } from "../../runtime/permutation.ts";

describe("threefry2x32", () => {
  // key, counter -> words; the known answers of the Random123 library for 20 rounds.
  test.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("published vector %#", (key0, key1, counter0, counter1, x, y) => {
    expect(threefry2x32(key0, key1, counter0, counter1)).toEqual([x, y]);
  });
});

describe("permutation", () => {
  test("golden: the same order on every machine", () => {
    expect(permutation(8, 1, 0).join(" ")).toBe("0 7 6 5 1 4 3 2");
    expect(permutation(8, 1, 1).join(" ")).toBe("2 6 5 4 3 1 0 7");
    expect(permutation(8, 2 ** 53 - 1, 2 ** 32 - 1).join(" ")).toBe("7 3 4 0 6 5 1 2");
  });

  test("every index once, for any count, seed and epoch", () => {
    const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.nat(300), seed, fc.nat(), (count, seed, epoch) => {
        const order = permutation(count, seed, epoch);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(permutation(count, seed, epoch)).toEqual(order);
      }),
    );
  });

  test("both words of the seed, and the epoch, change the order", () => {
    const orders = [
      permutation(50, 1, 0),
      permutation(50, 2, 0),
      permutation(50, 1 + 2 ** 32, 0),
      permutation(50, 1, 1),
    ];
    expect(new Set(orders.map(String)).size).toBe(4);
  });

  test("all 24 orders of 4 are equally frequent over epochs: chi-squared below the 0.999 quantile", () => {
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let epoch = 0; epoch < draws; epoch++) {
      const order = permutation(4, 7, epoch).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquared([...counts.values()], draws / 24)).toBeLessThan(49.7);
  });

  test("every row is equally likely at every place, over seeds", () => {
    const [count, draws] = [10, 5000];
    const places = new Array<number>(count * count).fill(0);
    for (let seed = 0; seed < draws; seed++) {
      permutation(count, seed, 0).forEach((row, place) => {
        places[place * count + row]! += 1;
      });
    }
    // 81 degrees of freedom.
    expect(chiSquared(places, draws / count)).toBeLessThan(126);
  });

  test("a long order has as many inversions as chance gives: within 4 standard deviations", () => {
    const count = 2000;
    const order = permutation(count, 3, 0);
    let inversions = 0;
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) if (order[i]! > order[j]!) inversions++;
    const mean = (count * (count - 1)) / 4;
    const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 72);
    expect(Math.abs(inversions - mean)).toBeLessThan(4 * deviation);
  });

  test.each([
    [-1, 0, 0],
    [1.5, 0, 0],
    [3, -1, 0],
    [3, 2 ** 53, 0],
    [3, Number.NaN, 0],
    [3, 0, 2 ** 32],
  ])("refused: count %d, seed %d, epoch %d", (count, seed, epoch) => {
    expect(() => permutation(count, seed, epoch)).toThrow(RangeError);
  });
});

const chiSquared = (counts: readonly number[], expected: number): number =>
  counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

describe("split", () => {
  test("the parts share no row and miss none", () => {
    const fraction = fc.double({ min: 0, max: 0.45, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fraction, fraction, fc.nat(), (rows, test, validation, seed) => {
        const split = splitRows(rows, { test, validation, seed });
        const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: rows }, (_, i) => i));
      }),
    );
  });

  test("sizes, order, and the seed", () => {
    const split = splitRows(150, { test: 0.2, validation: 0.1, seed: 1 });
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([105, 15, 30]);
    expect([...split.test]).toEqual([...split.test].sort((a, b) => a - b));
    expect(splitRows(150, { test: 0.2, validation: 0.1, seed: 1 })).toEqual(split);
    expect(splitRows(150, { test: 0.2, validation: 0.1, seed: 2 }).test).not.toEqual(split.test);
    expect(splitRows(150, { seed: 1 }).train.length).toBe(150);
    expect(splitRows(10, { test: 0.01, seed: 1 }).test.length).toBe(1);
  });

  test.each([
    [10, { test: 1, seed: 1 }],
    [10, { test: -0.1, seed: 1 }],
    [10, { validation: Number.NaN, seed: 1 }],
    [10, { test: 0.5, validation: 0.5, seed: 1 }],
    [1, { test: 0.1, seed: 1 }],
    [0, { seed: 1 }],
  ])("refused: %d rows, %j", (rows, options) => {
    expect(() => splitRows(rows, options)).toThrow(RangeError);
  });
});
