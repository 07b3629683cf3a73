/** The three ways of differentiation, on expressions counted by hand and on iris. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import * as ops from "../../compiler/ops/index.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { compareDerivatives } from "../../compiler/tasks/three-ways/compare.ts";
import { swell, tooMuch } from "../../compiler/tasks/three-ways/expressions.ts";
import type { Point } from "../../compiler/tasks/three-ways/point.ts";
import { derivative, evaluate, evaluateShared } from "../../compiler/tasks/three-ways/symbolic.ts";
import { cannotUnroll } from "../../compiler/tasks/three-ways/unroll.ts";
import { Random } from "../support/random.ts";

const f64 = (dims: readonly (number | "n")[]) => ({ dtype: "f64", dims }) as const;
const x = ops.input("x", f64(["n", 2]));
const t = ops.input("t", f64(["n", 1]));
const w = ops.state("w", f64([2, 1]));
const v = ops.state("v", f64([2, 3]));

/** The expressions of a loss of x, t, w and v at `rows` rows, with the gradient by the adjoint. */
function expressionsOf(loss: Node, rows = 1) {
  const random = new Random(3);
  const leaves = new Map([x, t, w, v].map((leaf) => [leaf, random.array(elementCount(leaf.type.dims, rows), -1, 1)]));
  const environment = { rows, leaves };
  const slopes = gradients(loss, [w, v]);
  const parameters = [w, v].filter((_, i) => slopes[i] !== undefined);
  const outputs = slopes.flatMap((node, i) => (node ? [{ name: `${i}`, node }] : []));
  const graph = { name: "loss", inputs: [], states: [], outputs, updates: [] };
  const exact = [...interpret(graph, environment).outputs.values()].flatMap((values) => [...values]);
  return swell({ lossNode: loss, parameters, environment } as unknown as Point, Float64Array.from(exact));
}

describe("operations counted by hand", () => {
  const e = ops.sub(ops.matmul(x, w), t);

  test("(x0 w0 + x1 w1 - t)^2: e has 4, e * e has 4 + 4 + 1; d/dw0 = x0 * e + x0 * e", () => {
    const { loss, derivatives, longest, shared, error } = expressionsOf(ops.sum(ops.mul(e, e)));
    expect({ loss, derivatives, longest }).toEqual({ loss: 9n, derivatives: 22n, longest: 11n });
    // e once and e * e, then two products and a sum for each of two.
    expect(shared).toBe(5 + 2 * 3);
    expect(error).toBeLessThan(1e-15);
  });

  test("two rows: the sum of two such, in the loss and in each derivative", () => {
    const { loss, derivatives } = expressionsOf(ops.sum(ops.mul(e, e)), 2);
    expect({ loss, derivatives }).toEqual({ loss: 19n, derivatives: 2n * 23n });
  });

  test("tanh(x0 w0 + x1 w1): y has 4; d/dw0 = x0 * (1 - y * y)", () => {
    const { loss, longest } = expressionsOf(ops.sum(ops.tanh(ops.matmul(x, w))));
    expect({ loss, longest }).toEqual({ loss: 4n, longest: 1n + 1n + 1n + 4n + 4n });
  });

  test("a square of a square ... doubles, and is counted where nothing could hold it", () => {
    let power = ops.sum(ops.matmul(x, w));
    for (let i = 0; i < 80; i++) power = ops.mul(power, power);
    const { loss, evaluated } = expressionsOf(power);
    expect(loss).toBe(2n ** 80n * 4n - 1n);
    expect(evaluated).toBe(0);
  });
});

test.each<[string, () => Node]>([
  ["softmax below its maximum", () => ops.sum(ops.log(softmax(ops.matmul(x, v))), [0, 1])],
  ["max along an axis", () => ops.sum(ops.max(ops.tanh(ops.matmul(x, v)), [1]))],
  [
    "a transposed weight",
    () => ops.sum(ops.mul(ops.matmul(ops.transpose(v), w), ops.reshape(ops.sum(v, [0]), [3, 1]))),
  ],
  [
    "select and broadcast",
    () => ops.sum(ops.select(ops.gt(ops.matmul(x, w), 0), ops.broadcast(ops.exp(ops.sum(w)), ["n", 1]), t)),
  ],
])("symbolic is the adjoint, to 1e-13: %s", (_name, loss) => {
  const { evaluated, error } = expressionsOf(loss(), 3);
  expect(evaluated).toBeGreaterThan(0);
  expect(error).toBeLessThan(1e-13);
});

function softmax(logits: Node): Node {
  const e = ops.exp(ops.sub(logits, ops.stopGradient(ops.max(logits, [1], true))));
  return ops.div(e, ops.sum(e, [1], true));
}

test("evaluated as written out and with parts shared: the same bits", () => {
  const [a, b] = ["a", "b"].map((name) => ops.state(name, f64([]))) as [Node, Node];
  const y = ops.tanh(ops.mul(a, b));
  const slope = derivative(ops.mul(y, ops.exp(y)), a);
  const values = new Map([
    [a, 0.3],
    [b, -1.7],
  ]);
  expect(evaluateShared([slope], new Map(values))).toEqual([evaluate(slope, values)]);
  expect(evaluate(slope, values)).toBeCloseTo(-1.7 * (1 - yOf(0.3) ** 2) * Math.exp(yOf(0.3)) * (1 + yOf(0.3)), 14);
});

const yOf = (a: number): number => Math.tanh(a * -1.7);

test("an op that is not written out is named", () => {
  const strange = { ...ops.tanhOp, name: "convolution", kind: "contraction" } as const;
  expect(cannotUnroll(ops.sum(apply(strange, [w])), [w])).toBe("convolution");
  expect(cannotUnroll(ops.sum(apply(strange, [x])), [w])).toBeUndefined();
});

test("a loss of too many operations says how many are too many", () => {
  const point = { lossNode: ops.sum(w), parameters: [w] } as unknown as Point;
  expect(tooMuch(point, 500_000)).toBeUndefined();
  expect(tooMuch(point, 500_001)).toBe(
    "the loss takes 500,001 operations; at most 500,000 are written out, so try fewer rows",
  );
});

describe("iris", async () => {
  const { model } = await readModelFile("examples/iris/iris.model.ts");
  const { widths, parameters, gradient, evaluation, expressions } = await compareDerivatives(model, { rows: 2 });
  const at = (width: number) => widths.find((one) => one.width === width)!;

  test("truncation: the error of central differences falls as h^2, of forward ones as h", () => {
    expect(at(1e-2).central / at(1e-3).central).toBeCloseTo(100, -1);
    expect(at(1e-2).forward / at(1e-3).forward).toBeCloseTo(10, 0);
    expect(at(1e-1).central).toBeGreaterThan(1e-4);
  });

  test("rounding: at h = 1e-10 both are worse than at their best, which is at most 1e-9 and 1e-6", () => {
    expect(at(1e-5).central).toBeLessThan(1e-9);
    expect(at(1e-8).forward).toBeLessThan(1e-6);
    expect(at(1e-10).central).toBeGreaterThan(100 * at(1e-5).central);
    expect(at(1e-10).forward).toBeGreaterThan(3 * at(1e-8).forward);
  });

  test("costs: the adjoint at most 4 losses, the expressions more than P", () => {
    expect(parameters).toBe(4 * 16 + 16 + 16 * 3 + 3);
    expect(gradient.operations / evaluation.operations).toBeLessThan(4);
    if (typeof expressions === "string") throw new Error(expressions);
    expect(Number(expressions.derivatives) / evaluation.operations).toBeGreaterThan(parameters);
    expect(expressions.error).toBeLessThan(1e-14);
  });
});
