/**
 * The loss as one scalar expression of its parameters, every product, sum and broadcast written out by element:
 *
 *   sum (matmul x w)      x = [[2, 3]], w of shape [2,1]      2 * w[0] + 3 * w[1]
 *
 * What no parameter reaches is a number. Sums are added up in pairs, so that no expression is deeper than it must be.
 */

import { attrsOf } from "../../graph/attributes.ts";
import { leafName, reachable } from "../../graph/graph.ts";
import { type Environment, interpret } from "../../graph/interpret.ts";
import type { Value } from "../../graph/ir.ts";
import { apply, type Node } from "../../graph/node.ts";
import { broadcastOffsets } from "../../ops/elementwise.ts";
import { add, maximum, minimum, mul, scalar, state } from "../../ops/index.ts";
import { overAxesAttributes } from "../../ops/reduce.ts";

/** A scalar expression is a node of shape []; its leaves are numbers and states such as hidden.weight[3]. */
export type ScalarNode = Node;

export interface ScalarLoss {
  readonly loss: ScalarNode;
  /** Parameter -> its elements. */
  readonly parameters: ReadonlyMap<Node, readonly ScalarNode[]>;
}

const products = ["matmul", "batchedMatmul"];
const reductions: Readonly<Record<string, (a: ScalarNode, b: ScalarNode) => ScalarNode>> = {
  sum: add,
  prod: mul,
  max: maximum,
  min: minimum,
};
const views = ["transpose", "reshape", "broadcast", "stopGradient"];
const others = new Set([...products, ...Object.keys(reductions), ...views]);

/** The name of an op that is not written out by element here, such as convolution; undefined where all are. */
export const cannotUnroll = (loss: Node, parameters: readonly Node[]): string | undefined =>
  [...dependants(loss, parameters)].find(
    ({ op }) => op.kind !== "leaf" && op.kind !== "elementwise" && !others.has(op.name),
  )?.op.name;

/** `loss` has only ops that cannotUnroll lets pass. */
export function unroll(loss: Node, parameters: readonly Node[], environment: Environment): ScalarLoss {
  const outputs = [{ name: "loss", node: loss }];
  const { values } = interpret({ name: "loss", inputs: [], states: [], outputs, updates: [] }, environment);
  const varying = dependants(loss, parameters);
  const elements = new Map<Node, readonly ScalarNode[]>();
  for (const node of reachable([loss])) {
    const value = values.get(node)!;
    const inputs = node.inputs.map((input): Tensor => ({ dims: values.get(input)!.dims, data: elements.get(input)! }));
    if (parameters.includes(node)) elements.set(node, variables(node, value));
    else if (!varying.has(node))
      elements.set(
        node,
        Array.from(value.data, (x) => scalar(x, node.type.dtype)),
      );
    else elements.set(node, elementsOf(node, inputs, value.dims));
  }
  return { loss: elements.get(loss)![0]!, parameters: new Map(parameters.map((p) => [p, elements.get(p)!])) };
}

interface Tensor {
  readonly dims: readonly number[];
  readonly data: readonly ScalarNode[];
}

/** The nodes on the way from parameters to the loss, through masks and stopGradient too. */
function dependants(loss: Node, parameters: readonly Node[]): Set<Node> {
  const varying = new Set(parameters);
  for (const node of reachable([loss])) if (node.inputs.some((input) => varying.has(input))) varying.add(node);
  return varying;
}

const variables = (parameter: Node, { data }: Value): ScalarNode[] =>
  Array.from(data, (_, i) => state(`${leafName(parameter)}[${i}]`, { dtype: "f64", dims: [] }));

function elementsOf(node: Node, inputs: readonly Tensor[], dims: readonly number[]): readonly ScalarNode[] {
  const { op } = node;
  if (op.kind === "elementwise") return elementwise(node, inputs, dims);
  if (products.includes(op.name)) return product(inputs[0]!, inputs[1]!, dims);
  if (op.name in reductions) return reduced(node, inputs[0]!);
  const moved = rearranged(node, inputs[0]!, dims);
  return op.adjoint === "none" ? moved.map((element) => apply(op, [element], node.attrs)) : moved;
}

function elementwise({ op, attrs }: Node, inputs: readonly Tensor[], dims: readonly number[]): ScalarNode[] {
  const offsets = inputs.map((input) => broadcastOffsets(input.dims, dims));
  return Array.from({ length: size(dims) }, (_, element) =>
    apply(
      op,
      inputs.map(({ data }, i) => data[offsets[i]!(element)]!),
      attrs,
    ),
  );
}

/** y[..., m, n] = sum over k of a[..., m, k] * b[..., k, n]. */
function product(a: Tensor, b: Tensor, dims: readonly number[]): ScalarNode[] {
  const [rows, columns, inner] = [dims.at(-2)!, dims.at(-1)!, a.dims.at(-1)!];
  return Array.from({ length: size(dims) }, (_, element) => {
    const column = element % columns;
    const row = Math.floor(element / columns);
    const batch = Math.floor(row / rows);
    return inPairs(
      Array.from({ length: inner }, (_, k) =>
        mul(a.data[row * inner + k]!, b.data[(batch * inner + k) * columns + column]!),
      ),
      add,
    );
  });
}

function reduced(node: Node, { dims, data }: Tensor): ScalarNode[] {
  const { axes } = attrsOf(node, overAxesAttributes);
  const kept = dims.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const offset = broadcastOffsets(kept, dims);
  const groups = Array.from({ length: size(kept) }, (): ScalarNode[] => []);
  data.forEach((element, i) => {
    groups[offset(i)]!.push(element);
  });
  return groups.map((group) => inPairs(group, reductions[node.op.name]!));
}

/** A view's own reference, applied to positions, tells which element goes where. */
function rearranged({ op, attrs }: Node, { dims, data }: Tensor, to: readonly number[]): ScalarNode[] {
  const positions = { dims, data: Float64Array.from(data, (_, i) => i) };
  const order = op.reference({ [op.inputs[0]!]: positions }, to, attrs, { rows: 0, seed: 0, step: 0 });
  return Array.from(order, (position) => data[position]!);
}

const size = (dims: readonly number[]): number => dims.reduce((product, extent) => product * extent, 1);

function inPairs(terms: readonly ScalarNode[], combine: (a: ScalarNode, b: ScalarNode) => ScalarNode): ScalarNode {
  if (terms.length === 1) return terms[0]!;
  const half = Math.ceil(terms.length / 2);
  return combine(inPairs(terms.slice(0, half), combine), inPairs(terms.slice(half), combine));
}
