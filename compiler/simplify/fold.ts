/**
 * Constant folding: an op whose inputs are all constants is computed now, if the module would compute the same bits.
 *
 *   mul 2 3   ->   6            select (gt 2 1) a b   ->   a
 *
 * So only operations that IEEE 754 rounds correctly, rounded to f32 once where the module works in f32 (which gives the
 * bits of an f32 operation: Figueroa 1995, "When is double rounding innocuous?"), and views. Masks are known but not
 * written as constants, for a mask has no place in memory.
 */
import { type Graph, isConstant } from "../graph/graph.ts";
import type { Value } from "../graph/ir.ts";
import { apply, byName, inPlaceOf, type Node } from "../graph/node.ts";
import { type DType, elementCount } from "../graph/types.ts";
import { broadcast, constOp, scalar } from "../ops/index.ts";
import { commonValue } from "./constants.ts";
import { type Keep, nothing, rebuild } from "./rebuild.ts";

/** Elements that a folded constant may have; larger ones would trade a little time for bytes in the module. */
const mostElements = 1024;

export function fold(graph: Graph, keep: Keep = nothing): Graph {
  const known = new Map<Node, Float64Array>();
  for (const node of keep) if (isConstant(node)) remember(node, known);
  return rebuild(graph, keep, (node) => {
    const values = remember(node, known);
    if (values === undefined) return node.op.name === "select" ? (chosenBranch(node, known) ?? node) : node;
    if (isWritten(node)) return node;
    const constant = inPlaceOf(node, () => constantOf(values, node));
    known.set(constant, values);
    return constant;
  });
}

function remember(node: Node, known: Map<Node, Float64Array>): Float64Array | undefined {
  const values = valuesOf(node, known);
  if (values !== undefined) known.set(node, values);
  return values;
}

/** Nodes that stay though they are known: constants, what stretches one (its elements would take room), masks. */
const isWritten = ({ op, type }: Node): boolean =>
  op.name === "const" || op.name === "broadcast" || type.dtype === "bool";

/** The node's elements, rounded to its type, if they are known at build; undefined otherwise. */
function valuesOf(node: Node, known: ReadonlyMap<Node, Float64Array>): Float64Array | undefined {
  if (!isConstant(node) && (node.inputs.length === 0 || node.op.method !== "exact")) return undefined;
  if (node.type.dims.includes("n")) return undefined;
  if (elementCount(node.type.dims, 1) > mostElements) return undefined;
  const inputs: Value[] = [];
  for (const input of node.inputs) {
    const data = known.get(input);
    if (data === undefined) return undefined;
    inputs.push({ dims: input.type.dims as number[], data });
  }
  const dims = node.type.dims as number[];
  const values = node.op.reference(byName(node.op, inputs), dims, node.attrs, { rows: 1, seed: 0, step: 0 });
  return rounded(values, node.type.dtype);
}

const rounded = (values: Float64Array, dtype: DType): Float64Array =>
  dtype === "f32" ? values.map(Math.fround) : values;

/** Equal elements are one number, stretched by those who read it. */
function constantOf(values: Float64Array, { type: { dtype, dims } }: Node): Node {
  const same = commonValue(values);
  if (same !== undefined && dims.length === 0) return scalar(same, dtype);
  if (same !== undefined) return broadcast(scalar(same, dtype), dims);
  return apply(constOp, [], { values: [...values], dims: dims as number[], dtype });
}

/** The branch that a select takes everywhere, if its mask is known and uniform. */
function chosenBranch(node: Node, known: ReadonlyMap<Node, Float64Array>): Node | undefined {
  const [mask, a, b] = node.inputs as [Node, Node, Node];
  const flags = known.get(mask);
  const flag = flags && commonValue(flags);
  if (flag === undefined) return undefined;
  return inPlaceOf(node, () => broadcast(flag ? a : b, node.type.dims));
}
