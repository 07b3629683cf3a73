/**
 * Lets elementwise ops stretch their operands themselves, and computes before stretching where it can:
 *
 *   add (broadcast b [n,4]) y        ->   add b y
 *   exp (broadcast r [n,4])          ->   broadcast (exp r) [n,4]
 *
 * Exact: each element of the result comes from the same elements as before.
 */
import type { Graph } from "../graph/graph.ts";
import { inPlaceOf, type Node, onInputs } from "../graph/node.ts";
import { broadcastDims, type Dims, elementCount, sameDims } from "../graph/types.ts";
import { broadcast } from "../ops/index.ts";
import { type Keep, nothing, rebuild } from "./rebuild.ts";
import { withoutLeadingOnes } from "./views.ts";

export const absorb = (graph: Graph, keep: Keep = nothing): Graph =>
  rebuild(graph, keep, (node) => (node.op.kind === "elementwise" ? unstretched(node) : node));

function unstretched(node: Node): Node {
  const { dims } = node.type;
  const small = node.inputs.map(sourceOfStretch);
  if (small.every((input, i) => input === node.inputs[i])) return node;
  const together = dimsOf(small);
  if (sameDims(together, dims)) return onInputs(node, small);
  // Rows count as 2: any count above 1 shows that a shape is smaller.
  if (elementCount(together, 2) < elementCount(dims, 2)) {
    return inPlaceOf(node, () => broadcast(onInputs(node, small), dims));
  }
  return onInputs(node, oneByOne(node.inputs, small, dims));
}

/** What a chain of broadcasts, and of reshapes that only add leading axes of extent 1, stretches. */
function sourceOfStretch(node: Node): Node {
  let source = node;
  while (source.op.name === "broadcast" || addsLeadingOnes(source)) source = source.inputs[0]!;
  return source;
}

const addsLeadingOnes = ({ op, inputs, type }: Node): boolean =>
  op.name === "reshape" && sameDims(withoutLeadingOnes(type.dims), inputs[0]!.type.dims);

const dimsOf = (nodes: readonly Node[]): Dims =>
  nodes.reduce<Dims>((dims, { type }) => broadcastDims(dims, type.dims)!, []);

/** The inputs with as many of them replaced as leave the result's shape. */
function oneByOne(inputs: readonly Node[], small: readonly Node[], dims: Dims): readonly Node[] {
  return small.reduce((chosen, candidate, i) => {
    const tried = chosen.with(i, candidate);
    return sameDims(dimsOf(tried), dims) ? tried : chosen;
  }, inputs);
}
