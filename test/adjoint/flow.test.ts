/** Where cotangents flow: fan-out, what is left out, seeds, and the adjoint of an adjoint. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { type Graph, reachable } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Op } from "../../compiler/graph/ir.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import * as ops from "../../compiler/ops/index.ts";
import { differences, type Leaves, worstError } from "../support/differences.ts";
import { Random } from "../support/random.ts";

const rows = 3;
const leaf = (name: string, dims: readonly ("n" | number)[]) => ops.input(name, { dtype: "f64", dims });

function graphOf(nodes: readonly Node[]): Graph {
  const inputs = reachable(nodes).filter((node) => node.op.name === "input");
  return { name: "", inputs, states: [], outputs: nodes.map((node, i) => ({ name: `out${i}`, node })), updates: [] };
}

const evaluate = (node: Node, leaves: Leaves): Float64Array =>
  interpret(graphOf([node]), { rows, leaves }).outputs.get("out0")!;

function randomLeaves(nodes: readonly Node[]): Leaves {
  const random = new Random(11);
  return new Map(
    graphOf(nodes).inputs.map(({ attrs, type }) => [attrs.name as string, random.array(elementCount(type.dims, rows))]),
  );
}

/** Each gradient of a scalar agrees with differences of it. */
function expectGradients(of: Node, withRespectTo: readonly Node[]): void {
  const slopes = gradients(of, withRespectTo) as Node[];
  const leaves = randomLeaves([of]);
  verifyGraph(graphOf(slopes));
  withRespectTo.forEach((w, i) => {
    const want = differences((at) => evaluate(of, at)[0]!, leaves, w.attrs.name as string);
    expect(worstError(evaluate(slopes[i]!, leaves), [...want])).toBeLessThanOrEqual(1e-6);
  });
}

describe("where a choice is a tie or an edge", () => {
  const slopesOf = (of: Node, w: Node, values: readonly number[]) => [
    ...evaluate(gradients(of, [w])[0]!, new Map([[w.attrs.name as string, Float64Array.from(values)]])),
  ];

  test("elements that share the maximum share its cotangent", () => {
    const x = leaf("x", [2, 4]);
    const slopes = slopesOf(ops.sum(ops.max(x, [1])), x, [3, 1, 3, 3, 5, 5, 2, 1]);
    expect(slopes).toEqual([1 / 3, 0, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 0, 0]);
  });

  test("elements that share the minimum share its cotangent", () => {
    const x = leaf("x", [2, 4]);
    const slopes = slopesOf(ops.sum(ops.min(x, [1])), x, [3, 1, 1, 1, 5, 2, 2, 9]);
    expect(slopes).toEqual([0, 1 / 3, 1 / 3, 1 / 3, 0, 1 / 2, 1 / 2, 0]);
  });

  test("a factor's slope is the product of the others: where one is 0, where two are, and where the product is too large", () => {
    const x = leaf("x", [4, 3]);
    const slopes = slopesOf(ops.sum(ops.prod(x, [1])), x, [2, 3, 5, 2, 0, 5, 0, 7, 0, 1e200, 1e150, 1e-20]);
    expect(slopes.slice(0, 9)).toEqual([15, 10, 6, 0, 10, 0, 0, 0, 0]);
    expect(slopes[9]! / 1e130).toBeCloseTo(1, 12);
    expect(slopes[10]! / 1e180).toBeCloseTo(1, 12);
    expect(slopes[11]).toBe(Number.POSITIVE_INFINITY);
  });

  test("over some axes of several, in any order, also twice", () => {
    const x = leaf("x", ["n", 2, 2, 3]);
    const values = randomLeaves([x])
      .get("x")!
      .map((value, i) => (i % 5 === 0 ? 0 : value));
    for (const axes of [[1], [1, 3], [3, 2], [1, 2, 3]]) {
      const y = ops.prod(x, axes);
      const loss = ops.sum(ops.mul(y, y));
      const [slope] = gradients(loss, [x]) as [Node];
      const total = ops.sum(ops.mul(slope, ops.add(x, 1)));
      for (const of of [loss, total]) {
        const leaves = new Map([["x", values]]);
        const want = differences((at) => evaluate(of, at)[0]!, leaves, "x");
        expect(worstError(evaluate(gradients(of, [x])[0]!, leaves), [...want]), `axes ${axes}`).toBeLessThanOrEqual(
          1e-6,
        );
      }
    }
  });

  test("pow has no slope in its exponent where the base is 0 or below", () => {
    const b = leaf("b", [3]);
    const base = apply(ops.constOp, [], { values: [0, 0, -2], dims: [3], dtype: "f64" });
    expect(slopesOf(ops.sum(ops.pow(base, b)), b, [0, 2, 2])).toEqual([0, 0, 0]);
  });
});

describe("fan-out", () => {
  test("x * x: the two cotangents are added", () => {
    const x = leaf("x", [2]);
    const [dx] = gradients(ops.sum(ops.mul(x, x)), [x]);
    expect(printGraph(graphOf([dx!]))).toMatchInlineSnapshot(`
      "graph(x: f64[2])
        %1: f64[1] = reshape 1
        %2: f64[2] = broadcast %1
        %3: f64[2] = mul %2 x
        %4: f64[2] = mul %2 x
        %5: f64[2] = add %3 %4
        return out0 = %5"
    `);
    expectGradients(ops.sum(ops.mul(x, x)), [x]);
  });

  test("a value read three times, once stretched and once through a reduction", () => {
    const [x, b] = [leaf("x", ["n", 3]), leaf("b", [3])];
    const h = ops.tanh(ops.mul(x, b));
    const mixed = ops.add(ops.mul(h, ops.sum(h, [1], true)), ops.exp(h));
    expectGradients(ops.sum(ops.mul(mixed, b)), [x, b]);
  });
});

describe("only what lies between the parameters and the loss gets a cotangent", () => {
  /** tanh, noting where its adjoint rule is asked. */
  function spy(): { op: Op; asked: Node[] } {
    const asked: Node[] = [];
    const { adjoint } = ops.tanhOp;
    if (adjoint === "none") throw new Error("tanh has an adjoint");
    const noting: Op["adjoint"] = (dy, inputs, y, differentiate) => {
      asked.push(y);
      return adjoint(dy, inputs as Record<"x", Node>, y, differentiate);
    };
    return { asked, op: { ...ops.tanhOp, adjoint: noting } };
  }

  test("not what no parameter reaches, nor what does not reach the loss", () => {
    const { op, asked } = spy();
    const [x, w] = [leaf("x", ["n", 3]), leaf("w", [3])];
    const ofData = apply(op, [x]);
    const between = apply(op, [ops.mul(ofData, w)]);
    apply(op, [between]);
    gradients(ops.sum(between), [w]);
    expect(asked).toEqual([between]);
  });

  test("no dependence, or none that is differentiable: no gradient", () => {
    const [x, w, u, v] = [leaf("x", [3]), leaf("w", [3]), leaf("u", [3]), leaf("v", [3])];
    const masked = ops.select(ops.gt(u, 0), ops.mul(x, w), ops.stopGradient(v));
    const [dw, du, dv, dUnused] = gradients(ops.sum(masked), [w, u, v, leaf("unused", [3])]);
    expect(dw).toBeDefined();
    expect([du, dv, dUnused]).toEqual([undefined, undefined, undefined]);
  });

  test("a parameter that is the loss has the gradient 1", () => {
    const w = leaf("w", []);
    expect(gradients(w, [w])[0]!.attrs.value).toBe(1);
  });

  test("what lies between two of the parameters asked for does not cut the flow", () => {
    const w = leaf("w", [3]);
    const h = ops.tanh(w);
    const [dw, dh] = gradients(ops.sum(ops.mul(h, h)), [w, h]) as Node[];
    const leaves = randomLeaves([dw!]);
    const [hValue, dhValue, dwValue] = [h, dh!, dw!].map((node) => evaluate(node, leaves));
    hValue!.forEach((value, i) => {
      expect(dhValue![i]).toBeCloseTo(2 * value, 12);
      expect(dwValue![i]).toBeCloseTo(2 * value * (1 - value * value), 12);
    });
  });
});

describe("seeds", () => {
  test("a value that is not a scalar needs one", () => {
    const x = leaf("x", [2]);
    expect(() => gradients(ops.neg(x), [x])).toThrow("the adjoint of neg needs a seed: it is not a scalar");
  });

  test("the seed is the cotangent of the result", () => {
    const [x, dy] = [leaf("x", [2]), leaf("dy", [2])];
    expect(printGraph(graphOf([gradients(ops.exp(x), [x], dy)[0]!]))).toMatchInlineSnapshot(`
      "graph(x: f64[2], dy: f64[2])
        %1: f64[2] = exp x
        %2: f64[2] = mul dy %1
        return out0 = %2"
    `);
  });
});

test("new nodes come from the place of the node they differentiate", () => {
  const span = { file: "model.ts", line: 1, column: 1, start: 0, end: 1 };
  const origin = { span, binding: "h", outer: undefined };
  const x = leaf("x", [2]);
  const h = apply(ops.tanhOp, [x], {}, { origin });
  const [dx] = gradients(ops.sum(h), [x]);
  expect(dx!.origin).toBe(origin);
});

describe("second derivatives", () => {
  const [x, w1, b1, w2] = [leaf("x", ["n", 3]), leaf("w1", [3, 4]), leaf("b1", [4]), leaf("w2", [4, 2])];
  const hidden = ops.tanh(ops.add(ops.matmul(x, w1), b1));
  const loss = ops.sum(ops.tanh(ops.matmul(hidden, w2)));

  test("a two-layer net: first, then the gradient of the sum of the gradients", () => {
    const parameters = [w1, b1, w2];
    expectGradients(loss, parameters);
    const slopes = gradients(loss, parameters) as Node[];
    const total = slopes.map((slope) => ops.sum(slope)).reduce((a, b) => ops.add(a, b));
    expectGradients(total, parameters);
  });

  test("a gradient penalty: the squared slope at the input", () => {
    const [dx] = gradients(loss, [x]) as Node[];
    expectGradients(ops.add(loss, ops.sum(ops.mul(dx!, dx!))), [w1, b1, w2]);
  });

  test("third derivative of x^4 is 24 x", () => {
    const t = leaf("t", []);
    const square = ops.mul(t, t);
    let slope: Node = ops.mul(square, square);
    for (let order = 0; order < 3; order++) slope = gradients(slope, [t])[0]!;
    expect(evaluate(slope, new Map([["t", Float64Array.of(1.5)]]))[0]).toBeCloseTo(36, 12);
  });
});

test("what a frame holds counts where slopes may be infinite", () => {
  const [x, w] = ["x", "w"].map((name) => ops.state(name, { dtype: "f64", dims: [2] })) as [Node, Node];
  const framed = ops.pad(ops.sigmoid(ops.slice(x, [1], [0])), [2], [0], undefined, -1);
  // In the frame this is 1 / 0, which relu does not let through.
  const inverse = ops.div(1, ops.add(framed, ops.add(ops.sigmoid(w), 0.5)));
  const [slope] = gradients(ops.sum(ops.relu(ops.sub(1, inverse))), [w]);
  const graph = { name: "g", inputs: [], states: [x, w], outputs: [{ name: "slope", node: slope! }], updates: [] };
  const leaves = new Map(["x", "w"].map((name) => [name, new Float64Array(2)]));
  const got = interpret(graph, { rows: 1, leaves }).outputs.get("slope")!;
  expect([...got].map((v) => v + 0)).toEqual([0.5 ** 2 / 1.5 ** 2, 0]);
});
