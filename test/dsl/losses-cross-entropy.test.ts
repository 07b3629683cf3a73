/** Softmax cross-entropy in float64, for labels and for probabilities, with class weights and smoothing. */
import { type CrossEntropyOptions, type Labels, softmaxCrossEntropy, type Tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { input } from "../../compiler/ops/index.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { expectGradient, gradientOf, labels, perRow, run, shapeOf } from "./support.ts";

const logits = [1, 2, 3, -1, 0, 5, 0.5, 0.5, -2, 2, 2, 2];
const classes = [0, 2, 1, 2];
const probabilities = [0.2, 0.5, 0.3, 1, 0, 0, 0, 0.25, 0.75, 0.1, 0.1, 0.8];
const oneHot = classes.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)));

const byLabel = (options?: CrossEntropyOptions) => (x: Tensor<[3]>, y: Labels<3>) => softmaxCrossEntropy(x, y, options);
const byClass = (options?: CrossEntropyOptions) => (x: Tensor<[3]>, t: Tensor<[3]>) =>
  softmaxCrossEntropy(x, t, options);

const settings: [string, CrossEntropyOptions | undefined][] = [
  ["without options", undefined],
  ["smoothed", { labelSmoothing: 0.1 }],
  ["weighted", { classWeights: [0.5, 2, 3] }],
  ["a class left out", { classWeights: [0, 2, 3] }],
  ["weighted and smoothed", { classWeights: [0.5, 2, 3], labelSmoothing: 0.3 }],
];

/** By the definition, row by row, of targets of 3 probabilities: what stands over the bar of the mean. */
function total(rows: number, targets: readonly number[], { classWeights, labelSmoothing = 0 }: CrossEntropyOptions) {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const powers = [0, 1, 2].map((k) => Math.exp(logits[3 * row + k]!));
    for (let k = 0; k < 3; k++) {
      const target = (1 - labelSmoothing) * targets[3 * row + k]! + labelSmoothing / 3;
      sum -= (classWeights?.[k] ?? 1) * target * Math.log(powers[k]! / (powers[0]! + powers[1]! + powers[2]!));
    }
  }
  return sum;
}

describe.each(settings)("%s", (_name, options = {}) => {
  describe.each([1, 2, 3, 4])("for %i rows", (rows) => {
    const x = perRow(3, logits.slice(0, 3 * rows));
    const y = labels(classes.slice(0, rows));

    test("labels: the mean, weighted by the classes of the rows", () => {
      const weight = classes.slice(0, rows).reduce((sum, label) => sum + (options.classWeights?.[label] ?? 1), 0);
      const expected = total(rows, oneHot, options) / (weight || 1);
      expect(run(byLabel(options), x, y)[0]).toBeCloseTo(expected, 13);
    });
    test("probabilities: the mean over the rows", () => {
      const t = perRow(3, probabilities.slice(0, 3 * rows));
      expect(run(byClass(options), x, t)[0]).toBeCloseTo(total(rows, probabilities, options) / rows, 13);
    });
    test("has the derivative that central differences give, in both arguments", () => {
      expectGradient(byLabel(options), x, y);
      expectGradient(byClass(options), x, perRow(3, probabilities.slice(0, 3 * rows)));
    });
  });
});

test("without weights a one-hot target is the label", () => {
  for (const options of [undefined, { labelSmoothing: 0.2 }]) {
    const [byOneHot] = run(byClass(options), perRow(3, logits), perRow(3, oneHot));
    expect(byOneHot).toBeCloseTo(run(byLabel(options), perRow(3, logits), labels(classes))[0]!, 14);
  }
  expect(shapeOf(byClass(), perRow(3, logits), perRow(3, oneHot))).toEqual([]);
});

describe("extremes", () => {
  test("logits of 1e4 are exact", () => {
    for (const rows of [byLabel(), byLabel({ classWeights: [2, 2, 2] })]) {
      expect(run(rows, perRow(3, [1e4, -1e4, 0]), labels([0]))).toEqual([0]);
      expect(run(rows, perRow(3, [1e4, -1e4, 0]), labels([1]))).toEqual([2e4]);
      expect(run(rows, perRow(3, [-1e4, -1e4, -1e4]), labels([1]))[0]).toBeCloseTo(Math.log(3), 14);
    }
    expect(run(byClass(), perRow(3, [1e4, -1e4, 0]), perRow(3, [0.5, 0.25, 0.25]))).toEqual([7500]);
  });
  test("one class costs nothing and has no derivative", () => {
    const one = (x: Tensor<[1]>, y: Labels<1>) => softmaxCrossEntropy(x, y, { labelSmoothing: 0.1 });
    expect(run(one, perRow(1, [5, -1e4]), labels([0, 0]))[0]).toBeCloseTo(0, 15);
    expect(gradientOf(one, perRow(1, [5, -1e4]), labels([0, 0]))).toEqual([0, 0]);
  });
  test("all-zero logits share the gradient", () => {
    expect(run(byLabel(), perRow(3, [0, 0, 0]), labels([2]))[0]).toBeCloseTo(Math.log(3), 14);
    const slopes = gradientOf(byLabel(), perRow(3, [0, 0, 0]), labels([2]));
    expect(slopes[0]! / slopes[2]!).toBeCloseTo(-0.5, 14);
  });
  test("rows that all weigh 0 cost nothing and have no derivative", () => {
    const body = byLabel({ classWeights: [0, 1, 1] });
    expect(run(body, perRow(3, logits.slice(0, 6)), labels([0, 0]))).toEqual([0]);
    expect(gradientOf(body, perRow(3, logits.slice(0, 6)), labels([0, 0])).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

test("the adjoint for probabilities: (sum of t) softmax(x) / rows - t / rows", () => {
  const [x, t] = ["x", "t"].map((name) => input(name, { dtype: "f64", dims: ["n", 3] })) as [Node, Node];
  const loss = byClass()(x as never, t as never) as unknown as Node;
  const [dx] = simplifyAdjoint(gradients(loss, [x]), [loss]);
  const outputs = [{ name: "dx", node: dx! }];
  expect(printGraph({ name: "adjoint", inputs: [x, t], states: [], outputs, updates: [] })).toMatchInlineSnapshot(`
    "graph adjoint(x: f64[n,3], t: f64[n,3])
      %1: f64[n,1] = max x axes=[1] keep=true
      %2: f64[n,1] = stopGradient %1
      %3: f64[n,3] = sub x %2
      %4: f64[n,3] = exp %3
      %5: f64[n] = sum %4 axes=[1] keep=false
      %6: f64[n] = sum t axes=[1] keep=false
      %7: f64[] = rows
      %8: f64[] = div 1 %7
      %9: f64[n] = div %6 %5
      %10: f64[n,1] = reshape %9
      %11: f64[n,1] = mul %10 %8
      %12: f64[n,3] = mul %11 %4
      %13: f64[n,3] = mul %8 t
      %14: f64[n,3] = sub %12 %13
      return dx = %14"
  `);
});
