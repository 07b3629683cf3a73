/** Optimisers on Rosenbrock's valley: all go down, momentum and Adam arrive, plain descent creeps, Lion stays a rate away. */
import { expect, test } from "vitest";
import { contour, heightsAt, names, run, stepBelow } from "../../examples/optimizers/experiment.mjs";
import { optimizerRates } from "../../scripts/figures/short-forms.mjs";
import { runShort } from "./fresh.ts";

/** The rates that `npm run example -- optimizers` finds. */
test("momentum, Nesterov and Adam come to 0.001 within 300 steps; sgd, AdaGrad and AdaDelta stay above 0.05", async () => {
  const runs = await Promise.all(Object.entries(optimizerRates).map(([name, rate]) => run(name, rate, 300)));
  const arrived = runs.filter((race) => stepBelow(1e-3, race) !== undefined).map(({ name }) => name);
  expect(arrived).toEqual(["momentum", "nesterov", "adam"]);
  const end = Object.fromEntries(runs.map(({ name, heights }) => [name, heights.at(-1)!]));
  for (const name of ["sgd", "adagrad", "adadelta"]) expect(end[name]).toBeGreaterThan(0.05);
});

test("each of the twelve is lower after 100 steps than at the start", async () => {
  expect(names).toHaveLength(12);
  for (const { name, heights, path } of await runShort("optimizers")) {
    expect(path).toHaveLength(101);
    expect(heights.at(-1), name).toBeLessThan(heights[0]!);
  }
});

test("Lion moves by its rate in each coordinate", async () => {
  const { path } = await run("lion", 0.02, 50);
  for (const k of [0, 1]) expect(Math.abs(path[40]![k]! - path[39]![k]!)).toBeCloseTo(0.02, 6);
});

test("the contour lines are those of the model", async () => {
  for (const height of [0.5, 5]) {
    for (const value of await heightsAt(contour(height))) expect(value).toBeCloseTo(height, 4);
  }
});
