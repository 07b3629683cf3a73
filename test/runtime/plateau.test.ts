import { reduceOnPlateau } from "nabla/runtime";
import { expect, test } from "vitest";

const fresh = () => ({
  optimizer: {
    "plateau.factor": Float32Array.of(1),
    "plateau.best": Float32Array.of(0),
    "plateau.waited": Float32Array.of(-1),
  },
});

/** The factor after each loss. */
function factors(losses: readonly number[], settings: { factor: number; patience: number; threshold?: number }) {
  const net = fresh();
  return losses.map((loss) => {
    reduceOnPlateau(net, loss, settings);
    return net.optimizer["plateau.factor"][0];
  });
}

test("the rate falls after as many epochs as patience says, and again after as many more", () => {
  const losses = [5, 3, 3, 3, 3, 3, 3, 2, 3, 2, 2];
  expect(factors(losses, { factor: 0.5, patience: 2 })).toEqual([
    1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125,
  ]);
});

test("only what is better than the best by the threshold ends the waiting", () => {
  expect(factors([1, 0.95, 0.89, 0.89], { factor: 0.5, patience: 1, threshold: 0.1 })).toEqual([1, 0.5, 0.5, 0.25]);
  expect(factors([-1, -1.05, -1.2], { factor: 0.5, patience: 1, threshold: 0.1 })).toEqual([1, 0.5, 0.5]);
});

test("a loss that is NaN is no better one", () => {
  expect(factors([1, Number.NaN, 0.5], { factor: 0.5, patience: 1 })).toEqual([1, 0.5, 0.5]);
  expect(factors([Number.NaN, 1, 0.5, 0.5], { factor: 0.5, patience: 1 })).toEqual([1, 1, 1, 0.5]);
});

test("it says whether it lowered the rate", () => {
  const net = fresh();
  expect([1, 1, 0].map((loss) => reduceOnPlateau(net, loss, { factor: 0.5, patience: 1 }))).toEqual([
    false,
    true,
    false,
  ]);
});

test("a net without the schedule is refused", () => {
  expect(() => reduceOnPlateau({ optimizer: {} }, 1, { factor: 0.5, patience: 1 })).toThrow(
    new TypeError("reduceOnPlateau: the optimiser's rate is not plateau({ ... })"),
  );
});
