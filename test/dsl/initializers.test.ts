import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  mean,
  meanSquaredError,
  model,
  mul,
  normal,
  ones,
  parameter,
  sgd,
  truncatedNormal,
  uniformInit,
  zeros,
} from "nabla";
import { describe, expect, test } from "vitest";
import { erfReference } from "../../compiler/ops/erf-reference.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { initialStates } from "./support.ts";

/** What init gives parameters of the shapes and initialisers listed. */
function draw(
  list: readonly (readonly [dims: readonly number[], initializer: Initializer])[],
  seed = 1,
): Float64Array[] {
  const program = buildProgram(
    model({
      inputs: { x: [] },
      targets: { y: [] },
      batch: 1,
      forward: ({ x }) => ({ y: list.reduce((y, [dims, start]) => mul(y, mean(parameter(dims, start))), x) }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: sgd({ rate: 1 }),
    }),
    { dtype: "f64" },
  );
  return [...initialStates(program, seed).values()];
}

const [fanIn, fanOut] = [150, 100];
const average = (values: Float64Array): number => values.reduce((total, value) => total + value, 0) / values.length;
const variance = (values: Float64Array): number => average(values.map((value) => value ** 2)) - average(values) ** 2;

const random: [name: string, initializer: Initializer, mean: number, variance: number, bounds: [number, number]][] = [
  ["uniformInit", uniformInit(-1, 3), 1, 16 / 12, [-1, 3]],
  ["glorotUniform", glorotUniform(), 0, 2 / (fanIn + fanOut), [-Math.sqrt(6 / 250), Math.sqrt(6 / 250)]],
  ["heUniform", heUniform(), 0, 2 / fanIn, [-Math.sqrt(6 / 150), Math.sqrt(6 / 150)]],
  ["normal", normal(0.5), 0, 0.25, [-3, 3]],
  ["glorotNormal", glorotNormal(), 0, 2 / (fanIn + fanOut), [-0.6, 0.6]],
  ["heNormal", heNormal(), 0, 2 / fanIn, [-0.8, 0.8]],
  ["lecunUniform", lecunUniform(), 0, 1 / fanIn, [-Math.sqrt(3 / 150), Math.sqrt(3 / 150)]],
  ["lecunNormal", lecunNormal(), 0, 1 / fanIn, [-0.6, 0.6]],
  ["truncatedNormal", truncatedNormal(0.5), 0, 0.25 * 0.773741, [-1, 1]],
];

describe.each(random)("%s", (_name, initializer, expectedMean, expectedVariance, [low, high]) => {
  const [values] = draw([[[fanIn, fanOut], initializer]]) as [Float64Array];

  test("has its mean and variance, to four standard errors", () => {
    const std = Math.sqrt(expectedVariance);
    expect(Math.abs(average(values) - expectedMean)).toBeLessThan((4 * std) / Math.sqrt(values.length));
    // The variance of a sample variance is (kurtosis - 1) var^2 / count: kurtosis 3 for a normal, 1.8 for a uniform.
    expect(Math.abs(variance(values) / expectedVariance - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
  });
  test("stays in its range and fills it", () => {
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThan(high);
    const reach = Math.min(3 * Math.sqrt(expectedVariance), 0.49 * (high - low));
    expect(Math.max(...values) - expectedMean).toBeGreaterThan(reach);
  });
});

test("normal numbers are distributed as they should: 68.27 % within one standard deviation, 95.45 % within two", () => {
  const [values] = draw([[[200, 100], normal(1)]]) as [Float64Array];
  const within = (limit: number) => values.filter((value) => Math.abs(value) < limit).length / values.length;
  expect(within(1)).toBeCloseTo(0.6827, 2);
  expect(within(2)).toBeCloseTo(0.9545, 2);
});

test("a truncated normal is a normal within two deviations: at every quantile, by Kolmogorov and Smirnov", () => {
  const [values] = draw([[[200, 100], truncatedNormal(1)]]) as [Float64Array];
  const within = erfReference(Math.SQRT2);
  const distance = values
    .toSorted()
    .map((z, i) => Math.abs((erfReference(z / Math.SQRT2) / within + 1) / 2 - (i + 0.5) / values.length));
  expect(Math.max(...distance)).toBeLessThan(1.63 / Math.sqrt(values.length));
  expect(Math.max(...values)).toBeLessThanOrEqual(2);
});

test("constants fill every element", () => {
  const drawn = draw([
    [[2], zeros()],
    [[1, 2], ones()],
    [[], constant(0.25)],
  ]);
  expect(drawn.map((values) => [...values])).toEqual([[0, 0], [1, 1], [0.25]]);
});

test("each parameter draws its own numbers, which the shapes of others do not change", () => {
  const [first, second] = draw([
    [[3, 4], heNormal()],
    [[3, 4], heNormal()],
  ]);
  expect(first).not.toEqual(second);
  const [, same] = draw([
    [[7], zeros()],
    [[3, 4], heNormal()],
  ]);
  expect(same).toEqual(second);
});

test("the seed decides", () => {
  expect(draw([[[3, 4], heNormal()]], 1)).toEqual(draw([[[3, 4], heNormal()]], 1));
  expect(draw([[[3, 4], heNormal()]], 1)).not.toEqual(draw([[[3, 4], heNormal()]], 2));
});

test("the fans of a shape with more axes count those ahead of the last two", () => {
  const [values] = draw([[[3, 3, 8, 16], heUniform()]]) as [Float64Array];
  const limit = Math.sqrt(6 / (3 * 3 * 8));
  expect(Math.max(...values)).toBeLessThan(limit);
  expect(Math.max(...values)).toBeGreaterThan(0.98 * limit);
});
