/**
 * Every loss through 20 steps of gradient descent on its own linear layer, as Wasm, against plain float64 with the slopes
 * written out by hand. One model adds them all up, each with a weight.
 */

import type { Labels, Scalar, Tensor } from "nabla";
import * as nabla from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { FloatType } from "../../compiler/graph/types.ts";
import { Random } from "../support/random.ts";
import { bound } from "./support.ts";

const [batch, rows, inputs, outputs, rate] = [8, 5, 4, 3, 0.3];
const w = [0.5, 2, 1.25];
const smoothing = 0.1;

interface Targets<Real, Label> {
  /** Any real numbers. */
  readonly real: Real;
  /** Probabilities. */
  readonly soft: Real;
  readonly label: Label;
}

/** One row: what the layer gave, and the targets. */
interface Row extends Targets<readonly number[], number> {
  readonly z: readonly number[];
}

interface Case {
  readonly loss: (z: Tensor<[3]>, t: Targets<Tensor<[3]>, Labels<3>>) => Scalar;
  /** d loss / d z[k], but for the divisor. */
  readonly slope: (row: Row, k: number) => number;
  /** What the sum over rows is divided by. */
  readonly divisor: (rows: readonly Row[]) => number;
}

const perElement = (given: readonly Row[]): number => given.length * outputs;
const perRow = (given: readonly Row[]): number => given.length;
const byWeight = (given: readonly Row[]): number => given.reduce((total, { label }) => total + w[label]!, 0);

/** (sum of u) softmax(z)[k] - u[k] */
function softmaxSlope(z: readonly number[], u: readonly number[], k: number): number {
  const powers = z.map(Math.exp);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b);
  return (sum(u) * powers[k]!) / sum(powers) - u[k]!;
}

const oneHot = ({ label }: Row): number[] => [0, 1, 2].map((k) => (k === label ? 1 : 0));
const smooth = (t: readonly number[]): number[] => t.map((p) => (1 - smoothing) * p + smoothing / outputs);
const weigh = (t: readonly number[]): number[] => t.map((p, k) => w[k]! * p);

const cases: Record<string, Case> = {
  squared: {
    loss: (z, { real }) => nabla.meanSquaredError(z, real),
    slope: ({ z, real }, k) => 2 * (z[k]! - real[k]!),
    divisor: perElement,
  },
  absolute: {
    loss: (z, { real }) => nabla.meanAbsoluteError(z, real),
    slope: ({ z, real }, k) => Math.sign(z[k]! - real[k]!),
    divisor: perElement,
  },
  huber: {
    loss: (z, { real }) => nabla.huber(z, real, 0.5),
    slope: ({ z, real }, k) => Math.max(-0.5, Math.min(0.5, z[k]! - real[k]!)),
    divisor: perElement,
  },
  sigmoid: {
    loss: (z, { soft }) => nabla.sigmoidCrossEntropy(z, soft),
    slope: ({ z, soft }, k) => 1 / (1 + Math.exp(-z[k]!)) - soft[k]!,
    divisor: perElement,
  },
  labels: {
    loss: (z, { label }) => nabla.softmaxCrossEntropy(z, label),
    slope: (row, k) => softmaxSlope(row.z, oneHot(row), k),
    divisor: perRow,
  },
  smoothedLabels: {
    loss: (z, { label }) => nabla.softmaxCrossEntropy(z, label, { labelSmoothing: smoothing }),
    slope: (row, k) => softmaxSlope(row.z, smooth(oneHot(row)), k),
    divisor: perRow,
  },
  weightedLabels: {
    loss: (z, { label }) => nabla.softmaxCrossEntropy(z, label, { classWeights: w }),
    slope: (row, k) => softmaxSlope(row.z, weigh(oneHot(row)), k),
    divisor: byWeight,
  },
  weightedSmoothedLabels: {
    loss: (z, { label }) => nabla.softmaxCrossEntropy(z, label, { classWeights: w, labelSmoothing: smoothing }),
    slope: (row, k) => softmaxSlope(row.z, weigh(smooth(oneHot(row))), k),
    divisor: byWeight,
  },
  probabilities: {
    loss: (z, { soft }) => nabla.softmaxCrossEntropy(z, soft),
    slope: ({ z, soft }, k) => softmaxSlope(z, soft, k),
    divisor: perRow,
  },
  weightedSmoothedProbabilities: {
    loss: (z, { soft }) => nabla.softmaxCrossEntropy(z, soft, { classWeights: w, labelSmoothing: smoothing }),
    slope: ({ z, soft }, k) => softmaxSlope(z, weigh(smooth(soft)), k),
    divisor: perRow,
  },
};
const names = Object.keys(cases);
/** What each loss counts for in the sum. */
const shares = names.map((_, i) => 0.5 + i / 8);

const model = nabla.model({
  inputs: { x: [inputs] },
  targets: { real: [outputs], soft: [outputs], label: nabla.classes(outputs) },
  batch,
  forward: ({ x }) =>
    Object.fromEntries(names.map((name) => [name, bound(name, () => nabla.dense(x, outputs))])) as Record<
      string,
      Tensor<[3]>
    >,
  loss: (z, targets) =>
    names
      .map((name, i) => nabla.mul(shares[i]!, cases[name]!.loss(z[name]!, targets as never)) as Scalar)
      .reduce((total, loss) => nabla.add(total, loss) as Scalar),
  optimizer: nabla.sgd({ rate }),
});

const random = new Random(3);
const x = random.array(rows * inputs, -1.5, 1.5).map(Math.fround);
const real = random.array(rows * outputs, -2, 2).map(Math.fround);
const soft = random.array(rows * outputs, 0, 1).map(Math.fround);
const label = Int32Array.from({ length: rows }, () => random.integer(0, outputs - 1));

/** One step on weight [inputs, outputs] and bias [outputs], in place. */
function stepByHand({ slope, divisor }: Case, share: number, weight: Float64Array, bias: Float64Array): void {
  const given = Array.from(label, (label, row): Row => {
    const at = (values: Float64Array) => [...values.slice(row * outputs, (row + 1) * outputs)];
    const z = [...bias].map((b, k) => {
      let sum = b;
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i]! * weight[i * outputs + k]!;
      return sum;
    });
    return { z, real: at(real), soft: at(soft), label };
  });
  const scale = (rate * share) / divisor(given);
  given.forEach((row, n) => {
    for (let k = 0; k < outputs; k++) {
      const change = scale * slope(row, k);
      bias[k]! -= change;
      for (let i = 0; i < inputs; i++) weight[i * outputs + k]! -= change * x[n * inputs + i]!;
    }
  });
}

async function train(dtype: FloatType) {
  const { wasm } = await compile(model, { dtype });
  const net = await load(wasm as Uint8Array<ArrayBuffer>);
  net.init(1);
  const Values = dtype === "f64" ? Float64Array : Float32Array;
  const start = new Map(Object.entries(net.parameters).map(([name, v]) => [name, Float64Array.from(v)]));
  const targets = { real: Values.from(real), soft: Values.from(soft), label };
  for (let step = 0; step < 20; step++) net.step({ x: Values.from(x) }, targets);
  return { start, end: net.parameters };
}

const tolerances: [FloatType, (value: number) => number][] = [
  ["f64", (value) => 1e-11 + 1e-10 * Math.abs(value)],
  ["f32", () => 5e-6],
];

describe.each(tolerances)("in %s, for 5 rows of a batch of 8", async (dtype, tolerance) => {
  const { start, end } = await train(dtype);

  test.each(names)("%s", (name) => {
    const [weight, bias] = ["weight", "bias"].map((part) => start.get(`${name}.${part}`)!.slice());
    for (let step = 0; step < 20; step++) stepByHand(cases[name]!, shares[names.indexOf(name)]!, weight!, bias!);
    const got = [...end[`${name}.weight`]!, ...end[`${name}.bias`]!];
    [...weight!, ...bias!].forEach((value, i) => {
      expect(Math.abs(got[i]! - value), `element ${i}`).toBeLessThanOrEqual(tolerance(value));
    });
    expect([...weight!]).not.toEqual([...start.get(`${name}.weight`)!]);
  });
});
