/** Random graphs of every elementwise op, reductions and views, for laws that hold of all graphs. */
import fc from "fast-check";
import { type Graph, nodesOf } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { broadcastDims, elementCount } from "../../compiler/graph/types.ts";
import * as ops from "../../compiler/ops/index.ts";
import { max, sum } from "../../compiler/ops/index.ts";

const leaf = (name: string, dims: readonly ("n" | number)[]) => ops.input(name, { dtype: "f64", dims });
const numbers = [0, -0, 1, -1, 2, -2, 0.5, 3, -3, 1 / 3];

/** One step: takes values made before and gives a value. */
type Step = (a: Node, b: Node, c: Node, number: number) => Node;

/** Steps that keep finite values finite and smooth, for derivatives. */
export const smooth: Step[] = [
  (a, b) => ops.add(a, b),
  (a, b) => ops.sub(a, b),
  (a, b) => ops.mul(a, b),
  (a, _b, _c, number) => ops.mul(a, number),
  (a, _b, _c, number) => ops.add(a, number),
  (a, b) => ops.div(a, ops.add(ops.mul(b, b), 1)),
  (a) => ops.neg(a),
  (a) => ops.tanh(a),
  (a) => ops.sigmoid(a),
  (a) => ops.exp(ops.tanh(a)),
  (a) => rowSums(a),
  (a) => ops.div(ops.sum(a), ops.rows("f64")),
];

/** All steps: infinities and NaN come and go. */
export const any: Step[] = [
  ...smooth,
  (a, b) => ops.div(a, b),
  (a, _b, _c, number) => ops.div(a, number),
  (a, _b, _c, number) => ops.sub(a, number),
  (a, _b, _c, number) => ops.sub(number, a),
  (a, _b, _c, number) => ops.pow(a, number),
  (a) => ops.relu(a),
  (a) => ops.abs(a),
  (a, b) => ops.minimum(a, b),
  (a, b) => ops.maximum(a, b),
  (a, b, c) => ops.select(ops.gt(a, b), c, b),
  (a, b, c) => ops.select(ops.not(ops.eq(a, b)), a, c),
  (a, b, _c, number) => ops.select(ops.lt(ops.mul(a, 0), number), b, a),
  (a) => ops.stopGradient(a),
  (a) => ops.broadcast(a, broadcastDims(a.type.dims, ["n", 3])!),
  (a) => ops.reshape(ops.reshape(a, a.type.dims), a.type.dims),
  (a) => (a.type.dims.length === 2 ? max(a, [1], true) : a),
  (a) => ops.mul(ops.add(ops.mul(ops.sub(ops.scalar(1, "f64"), 0.5), 2), 0), a),
];

const rowSums = (a: Node): Node => {
  if (a.type.dims.length < 2) return ops.neg(a);
  return ops.reshape(sum(a, [1]), [a.type.dims[0]!, 1]);
};

const instruction = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat());

/** Graphs of up to 24 steps over leaves of all shapes that broadcast together. */
export const graphs = (steps: readonly Step[]): fc.Arbitrary<Graph> =>
  fc.array(instruction, { minLength: 1, maxLength: 24 }).map((instructions) => {
    const inputs = [leaf("x", ["n", 3]), leaf("y", ["n", 3]), leaf("b", [3]), leaf("k", ["n", 1]), leaf("r", [])];
    const values = [...inputs];
    // Mostly late values, so that graphs grow deep.
    const pick = (at: number, anywhere: number) =>
      anywhere % 3 === 0 ? values[at % values.length]! : values[values.length - 1 - (at % Math.min(4, values.length))]!;
    for (const [step, a, b, c, number, anywhere] of instructions) {
      const made = steps[step % steps.length]!;
      values.push(
        made(pick(a, anywhere), pick(b, anywhere + 1), pick(c, anywhere + 2), numbers[number % numbers.length]!),
      );
    }
    const outputs = values.slice(-2).map((node, i) => ({ name: `out${i}`, node }));
    return { name: "random", inputs, states: [], outputs, updates: [] };
  });

export const rows = 2;

export function leavesOf(graph: Graph, draw: () => number): Map<string, Float64Array> {
  return new Map(
    graph.inputs.map(({ attrs, type }) => [
      attrs.name as string,
      Float64Array.from({ length: elementCount(type.dims, rows) }, draw),
    ]),
  );
}

/** FLOPs at 64 rows, a division counted as four. */
export function cost(graph: Graph): number {
  const slow = new Set(["div", "sqrt", "pow"]);
  return nodesOf(graph).reduce((total, { op, inputs, type, attrs }) => {
    const types = Object.fromEntries(op.inputs.map((name, i) => [name, inputs[i]!.type]));
    return total + op.flops(types, type, 64, attrs) * (slow.has(op.name) ? 4 : 1);
  }, 0);
}
