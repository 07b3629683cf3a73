/** The adjoints of the common losses and activations come out as a person would derive them. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { type Graph, nodesOf, reachable } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import * as ops from "../../compiler/ops/index.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { Random } from "../support/random.ts";

const { tanh, sigmoid, relu, softplus, sqrt, abs } = ops;
const leaf = (name: string, dims: readonly ("n" | number)[]) => ops.input(name, { dtype: "f64", dims });
const labels = () => ops.input("label", { dtype: "i32", dims: ["n"] });
const meanOverRows = (x: Node) => ops.div(ops.sum(x), ops.rows("f64"));
/** What stands before a layer: a cotangent that is not a constant. */
const into = (y: Node) => ops.sum(ops.mul(y, leaf("dy", y.type.dims)));

function graphOf(nodes: readonly Node[]): Graph {
  const inputs = reachable(nodes).filter((node) => node.op.name === "input");
  const outputs = nodes.map((node, i) => ({ name: `d${i + 1}`, node }));
  return { name: "adjoint", inputs, states: [], outputs, updates: [] };
}

/** The simplified cotangents as text; their values are those of the raw ones, to 1e-12, at 1, 3 and 8 rows. */
function adjointOf(loss: Node, ...of: readonly Node[]): string {
  const raw = graphOf(gradients(loss, of) as Node[]);
  const simple = graphOf(
    simplifyAdjoint(
      raw.outputs.map(({ node }) => node),
      [loss],
    ) as Node[],
  );
  verifyGraph(simple);
  for (const rows of [1, 3, 8]) {
    const random = new Random(rows);
    const leaves = new Map(
      raw.inputs.map(({ attrs, type }) => {
        const count = elementCount(type.dims, rows);
        const values = Float64Array.from({ length: count }, () =>
          type.dtype === "i32" ? random.integer(0, 2) : random.uniform(0.2, 3),
        );
        return [attrs.name as string, values];
      }),
    );
    const [want, got] = [raw, simple].map((graph) => interpret(graph, { rows, leaves }).outputs);
    for (const [name, values] of want!) {
      values.forEach((value, i) => {
        expect(Math.abs(got!.get(name)![i]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
      });
    }
  }
  expect(nodesOf(simple).length).toBeLessThanOrEqual(nodesOf(raw).length);
  return printGraph(simple);
}

describe("losses", () => {
  /** ln(sum of e^x) with the row's maximum taken out, as the losses write it. */
  const logSumExp = (x: Node): Node => {
    const m = ops.stopGradient(ops.max(x, [1], true));
    return ops.add(ops.reshape(m, ["n"]), ops.log(ops.sum(ops.exp(ops.sub(x, m)), [1])));
  };

  test("softmax cross-entropy: (p - onehot) / rows", () => {
    const x = leaf("x", ["n", 3]);
    const chosen = ops.sum(ops.mul(ops.oneHot(labels(), 3, "f64"), x), [1]);
    expect(adjointOf(meanOverRows(ops.sub(logSumExp(x), chosen)), x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,3], label: i32[n])
        %1: f64[n,3] = oneHot label classes=3
        %2: f64[n,1] = max x axes=[1] keep=true
        %3: f64[n,1] = stopGradient %2
        %4: f64[n,3] = sub x %3
        %5: f64[n,3] = exp %4
        %6: f64[n] = sum %5 axes=[1] keep=false
        %7: f64[] = rows
        %8: f64[] = div 1 %7
        %9: f64[n,1] = reshape %6
        %10: f64[n,1] = div 1 %9
        %11: f64[n,3] = mul %5 %10
        %12: f64[n,3] = sub %11 %1
        %13: f64[n,3] = mul %12 %8
        return d1 = %13"
    `);
  });

  test("softmax cross-entropy, both terms below the maximum", () => {
    const x = leaf("x", ["n", 3]);
    const shifted = ops.sub(x, ops.stopGradient(ops.max(x, [1], true)));
    const chosen = ops.sum(ops.mul(ops.oneHot(labels(), 3, "f64"), shifted), [1]);
    const loss = meanOverRows(ops.sub(ops.log(ops.sum(ops.exp(shifted), [1])), chosen));
    expect(adjointOf(loss, x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,3], label: i32[n])
        %1: f64[n,1] = max x axes=[1] keep=true
        %2: f64[n,1] = stopGradient %1
        %3: f64[n,3] = sub x %2
        %4: f64[n,3] = oneHot label classes=3
        %5: f64[n,3] = exp %3
        %6: f64[n] = sum %5 axes=[1] keep=false
        %7: f64[] = rows
        %8: f64[] = div 1 %7
        %9: f64[n,1] = reshape %6
        %10: f64[n,1] = div 1 %9
        %11: f64[n,3] = mul %5 %10
        %12: f64[n,3] = sub %11 %4
        %13: f64[n,3] = mul %12 %8
        return d1 = %13"
    `);
  });

  test("softmax cross-entropy by log-softmax", () => {
    const x = leaf("x", ["n", 3]);
    const logP = ops.sub(x, ops.reshape(logSumExp(x), ["n", 1]));
    const loss = meanOverRows(ops.neg(ops.sum(ops.mul(ops.oneHot(labels(), 3, "f64"), logP), [1])));
    expect(adjointOf(loss, x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,3], label: i32[n])
        %1: f64[n,1] = max x axes=[1] keep=true
        %2: f64[n,1] = stopGradient %1
        %3: f64[n,3] = sub x %2
        %4: f64[n,3] = exp %3
        %5: f64[n] = sum %4 axes=[1] keep=false
        %6: f64[n,3] = oneHot label classes=3
        %7: f64[] = rows
        %8: f64[] = div 1 %7
        %9: f64[n,1] = reshape %5
        %10: f64[n,1] = div 1 %9
        %11: f64[n,3] = mul %4 %10
        %12: f64[n,3] = sub %11 %6
        %13: f64[n,3] = mul %12 %8
        return d1 = %13"
    `);
  });

  test("softmax cross-entropy into a dense layer: the bias sums before it scales", () => {
    const [x, w, b] = [leaf("x", ["n", 4]), leaf("w", [4, 3]), leaf("b", [3])];
    const logits = ops.add(ops.matmul(x, w), b);
    const chosen = ops.sum(ops.mul(ops.oneHot(labels(), 3, "f64"), logits), [1]);
    expect(adjointOf(meanOverRows(ops.sub(logSumExp(logits), chosen)), w, b)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,4], w: f64[4,3], b: f64[3], label: i32[n])
        %1: f64[n,3] = matmul x w
        %2: f64[n,3] = add %1 b
        %3: f64[n,3] = oneHot label classes=3
        %4: f64[n,1] = max %2 axes=[1] keep=true
        %5: f64[n,1] = stopGradient %4
        %6: f64[n,3] = sub %2 %5
        %7: f64[n,3] = exp %6
        %8: f64[n] = sum %7 axes=[1] keep=false
        %9: f64[] = rows
        %10: f64[] = div 1 %9
        %11: f64[4,n] = transpose x permutation=[1,0]
        %12: f64[n,1] = reshape %8
        %13: f64[n,1] = div 1 %12
        %14: f64[n,3] = mul %7 %13
        %15: f64[n,3] = sub %14 %3
        %16: f64[n,3] = mul %15 %10
        %17: f64[3] = sum %16 axes=[0] keep=false
        %18: f64[4,3] = matmul %11 %16
        return d1 = %18, d2 = %17"
    `);
  });

  test("sigmoid cross-entropy: (sigmoid x - y) / count", () => {
    const [x, y] = [leaf("x", ["n", 2]), leaf("y", ["n", 2])];
    const each = ops.sub(ops.softplus(x), ops.mul(x, y));
    expect(adjointOf(ops.div(meanOverRows(each), 2), x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,2], y: f64[n,2])
        %1: f64[] = rows
        %2: f64[n,2] = sigmoid x
        %3: f64[] = div 0.5 %1
        %4: f64[n,2] = sub %2 y
        %5: f64[n,2] = mul %4 %3
        return d1 = %5"
    `);
  });

  test("mean squared error: (p - y) * 2 / count", () => {
    const [p, y] = [leaf("p", ["n", 4]), leaf("y", ["n", 4])];
    const error = ops.sub(p, y);
    expect(adjointOf(ops.div(ops.div(ops.sum(ops.mul(error, error)), 4), ops.rows("f64")), p)).toMatchInlineSnapshot(`
      "graph adjoint(p: f64[n,4], y: f64[n,4])
        %1: f64[n,4] = sub p y
        %2: f64[] = rows
        %3: f64[] = div 0.5 %2
        %4: f64[n,4] = mul %1 %3
        return d1 = %4"
    `);
  });

  test("the sum of squares: 2 w", () => {
    const w = leaf("w", [4, 3]);
    expect(adjointOf(ops.mul(ops.sum(ops.mul(w, w)), 0.001), w)).toMatchInlineSnapshot(`
      "graph adjoint(w: f64[4,3])
        %1: f64[4,3] = mul w 0.002
        return d1 = %1"
    `);
  });
});

describe("activations", () => {
  test.each(Object.entries({ tanh, sigmoid, relu, softplus, sqrt, abs }))("%s", (_name, activation) => {
    const x = leaf("x", ["n", 4]);
    expect(adjointOf(into(activation(x)), x)).toMatchSnapshot();
  });

  test("gelu: every constant in one place", () => {
    const x = leaf("x", ["n", 4]);
    const y = ops.mul(ops.mul(x, 0.5), ops.add(ops.erf(ops.mul(x, Math.SQRT1_2)), 1));
    expect(adjointOf(into(y), x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,4], dy: f64[n,4])
        %1: f64[n,4] = mul x 0.5
        %2: f64[n,4] = mul x 0.7071067811865476
        %3: f64[n,4] = erf %2
        %4: f64[n,4] = add %3 1
        %5: f64[n,4] = mul %2 %2
        %6: f64[n,4] = neg %5
        %7: f64[n,4] = exp %6
        %8: f64[n,4] = mul dy %4
        %9: f64[n,4] = mul dy %1
        %10: f64[n,4] = mul %9 %7
        %11: f64[n,4] = mul %8 0.5
        %12: f64[n,4] = mul %10 0.7978845608028654
        %13: f64[n,4] = add %12 %11
        return d1 = %13"
    `);
  });

  test("the maximum of x and a fraction of x: one select", () => {
    const x = leaf("x", ["n", 4]);
    expect(adjointOf(into(ops.select(ops.gt(x, 0), x, ops.mul(x, 0.01))), x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,4], dy: f64[n,4])
        %1: bool[n,4] = gt x 0
        %2: f64[n,4] = mul dy 0.01
        %3: f64[n,4] = select %1 dy %2
        return d1 = %3"
    `);
  });

  test("softmax: p * (dy - sum of dy * p)", () => {
    const x = leaf("x", ["n", 4]);
    const e = ops.exp(ops.sub(x, ops.stopGradient(ops.max(x, [1], true))));
    expect(adjointOf(into(ops.div(e, ops.sum(e, [1], true))), x)).toMatchInlineSnapshot(`
      "graph adjoint(x: f64[n,4], dy: f64[n,4])
        %1: f64[n,1] = max x axes=[1] keep=true
        %2: f64[n,1] = stopGradient %1
        %3: f64[n,4] = sub x %2
        %4: f64[n,4] = exp %3
        %5: f64[n,1] = sum %4 axes=[1] keep=true
        %6: f64[n,4] = div %4 %5
        %7: f64[n,4] = mul %6 dy
        %8: f64[n,1] = div 1 %5
        %9: f64[n,1] = sum %7 axes=[1] keep=true
        %10: f64[n,4] = sub dy %9
        %11: f64[n,4] = mul %10 %8
        %12: f64[n,4] = mul %11 %4
        return d1 = %12"
    `);
  });
});

test("forward nodes stay the same objects; nothing to do gives the same cotangents; undefined stays", () => {
  const [x, unused] = [leaf("x", ["n", 4]), leaf("unused", [2])];
  const forward = ops.neg(ops.neg(ops.tanh(ops.mul(x, 1))));
  const loss = into(forward);
  const raw = gradients(loss, [x, unused]);
  const simple = simplifyAdjoint(raw, [loss]);
  expect(simple[1]).toBeUndefined();
  expect(reachable([simple[0]!])).toContain(forward.inputs[0]!.inputs[0]);
  expect(simplifyAdjoint(simple, [loss])[0]).toBe(simple[0]);
});

test("the adjoint of a simplified adjoint has the values of the adjoint of the raw one", () => {
  const [x, w] = [leaf("x", ["n", 4]), leaf("w", [4, 3])];
  const h = tanh(ops.matmul(x, w));
  const loss = meanOverRows(ops.mul(ops.mul(h, h), sigmoid(h)));
  const penaltyOf = (slope: Node) => ops.add(loss, ops.sum(ops.mul(slope, slope)));
  const [slope] = gradients(loss, [w]) as Node[];
  const penalties = [penaltyOf(slope!), penaltyOf(simplifyAdjoint([slope], [loss])[0]!)];
  const second = penalties.map((penalty) => simplifyAdjoint(gradients(penalty, [w]), [penalty])[0]!);
  const random = new Random(5);
  const leaves = new Map([
    ["x", random.array(12)],
    ["w", random.array(12)],
  ]);
  verifyGraph(graphOf(second));
  const { outputs } = interpret(graphOf(second), { rows: 3, leaves });
  outputs.get("d1")!.forEach((value, i) => {
    expect(outputs.get("d2")![i]).toBeCloseTo(value, 12);
  });
});
