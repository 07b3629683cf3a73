/**
 * One step of the reverse walk: the cotangents of a node's inputs from its own, by the op's adjoint rule. Where the op may have an
 * infinite slope, masks wait until the rule has been applied; elsewhere they come first, as there they cost least.
 */
import type { Differentiate } from "../graph/ir.ts";
import { byName, type Node } from "../graph/node.ts";
import { type Dims, sameDims } from "../graph/types.ts";
import { quotientOver } from "../ops/exponential.ts";
import { sum } from "../ops/reduce.ts";
import { broadcast, reshape } from "../ops/view.ts";
import { uniformValue } from "../simplify/constants.ts";
import { type Cotangent, derived, mixed, reopened, settled } from "./cotangent.ts";
import { hasFiniteSlopes, hasOverflowingSlopes } from "./ranges.ts";

export function passBack(node: Node, dy: Cotangent, differentiate: Differentiate): [input: Node, dx: Cotangent][] {
  const { op, inputs } = node;
  if (op.adjoint === "none") return [];
  const isElementwise = op.kind === "elementwise";
  const from = waiting(node, dy);
  const partials = op.adjoint(from.value, byName(op, inputs), node, differentiate);
  return inputs.flatMap((input, position): [Node, Cotangent][] => {
    const partial = partials[op.inputs[position]!];
    if (partial === undefined) return [];
    const isPassedOn = isElementwise && partial === from.value;
    const dx = isPassedOn ? dy : derived(isElementwise ? from : mixed(from, from.value), partial, protects(node));
    return [[input, summedTo(flattened(node, untaken(node, position, dx)), input.type.dims)]];
  });
}

/** dy as the rule is given it. */
function waiting(node: Node, dy: Cotangent): Cotangent {
  if (node.op.kind !== "elementwise") return settled(dy);
  const mayProtect = dy.choices.some((choice) => choice.protects);
  if (isLinear(node)) return mayProtect ? dy : settled(dy);
  const isOpen = dy.choices.length > 0;
  const meetsInfinity = (isOpen || dy.zeros === "untaken") && !hasFiniteSlopes(node);
  const overflows = dy.zeros === "flat" && hasOverflowingSlopes(node);
  const byZeros = (dy.zeros === "untaken" ? meetsInfinity : overflows) && !quotientOver(dy.value, node);
  const byChoices = isOpen && (meetsInfinity || mayProtect);
  return byZeros || byChoices ? reopened(dy, byZeros) : settled(dy);
}

/** Whether the rule multiplies by numbers alone, or not at all. */
function isLinear({ op, inputs }: Node): boolean {
  if (op.slopes === "constant") return true;
  const factors = op.name === "mul" ? inputs : op.name === "div" ? inputs.slice(1) : [];
  return factors.some((factor) => Number.isFinite(uniformValue(factor)));
}

/** Whether a mask that the rule makes may keep a value from an infinite slope: not that of relu, nor a draw, as dropout's is. */
const protects = ({ op, inputs }: Node): boolean =>
  op.name !== "relu" && op.name !== "abs" && !inputs[0]!.inputs.some((of) => of.op.name === "uniform");

/** Elements of a table that no label named are not taken. */
const untaken = ({ op }: Node, position: number, dx: Cotangent): Cotangent =>
  op.inMemory?.includes(op.inputs[position]!) ? { ...dx, zeros: "untaken" } : dx;

const flattened = ({ op }: Node, dx: Cotangent): Cotangent =>
  dx.zeros === "none" && op.slopes === "vanishing" ? { ...dx, zeros: "flat" } : dx;

function summedTo(dx: Cotangent, dims: Dims): Cotangent {
  if (sameDims(dx.value.type.dims, dims)) return dx;
  const own = settled(dx);
  return mixed(own, sumTo(own.value, dims));
}

/** The transpose of broadcasting: sums the stretched axes, so that the cotangent has the shape of its primal. */
export function sumTo(cotangent: Node, dims: Dims): Node {
  const from = cotangent.type.dims;
  if (sameDims(from, dims)) return cotangent;
  const missing = from.length - dims.length;
  if (
    missing < 0 ||
    from.some((d, axis) => axis >= missing && dims[axis - missing] !== d && dims[axis - missing] !== 1)
  ) {
    return broadcast(cotangent, dims);
  }
  const axes = from.flatMap((d, axis) => (axis < missing || dims[axis - missing] !== d ? [axis] : []));
  return reshape(sum(cotangent, axes), dims);
}
