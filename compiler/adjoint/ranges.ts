/**
 * What can be said of a node's values without running it, from the ops around it alone:
 *
 *   sqrt (add variance 1e-5)      above 0, so that a division by it has a finite slope
 *
 * "No" means not known.
 */

import type { Op } from "../graph/ir.ts";
import type { Node } from "../graph/node.ts";
import { uniformValue } from "../simplify/constants.ts";

type Claim = (node: Node) => boolean;

/** How far an expression is followed. */
const deepest = 24;

/** A claim that remembers, and gives up on deep expressions. */
function claim(holds: (node: Node, again: Claim) => boolean): Claim {
  const known = new WeakMap<Node, boolean>();
  const at =
    (depth: number): Claim =>
    (node) => {
      const before = known.get(node);
      if (before !== undefined || depth === deepest) return before ?? false;
      const result = holds(node, at(depth + 1));
      known.set(node, result);
      return result;
    };
  return at(0);
}

const isLabel = ({ type }: Node): boolean => type.dtype === "i32";
const isView = ({ op }: Node): boolean => op.kind === "view";
/** Whether a view's elements are those of its inputs, or a value beside them that fits as well. */
const isViewOf = ({ op, attrs }: Node, fits: (value: number) => boolean): boolean =>
  op.kind === "view" && (typeof attrs.value !== "number" || fits(attrs.value));
const constant = (node: Node, is: (value: number) => boolean): boolean => {
  const value = uniformValue(node);
  return value !== undefined && is(value);
};

/** 0 or above wherever it is a number. */
export const isNotNegative = claim((node, again) => {
  const { op, inputs } = node;
  if (op.image && op.image[0] >= 0) return true;
  if (isLabel(node) || (op.name === "mul" && inputs[0] === inputs[1])) return true;
  if (op.name === "maximum") return inputs.some(again);
  if (["add", "mul", "div", "sum", "prod", "max", "min", "minimum"].includes(op.name)) return inputs.every(again);
  if (isViewOf(node, (value) => value >= 0)) return inputs.every(again);
  return constant(node, (value) => value >= 0);
});

/** Above 0 wherever it is a number. A product of such may vanish. */
export const isPositive = claim((node, again) => {
  const { op, inputs } = node;
  if (op.image && op.image[0] > 0) return true;
  if (op.name === "add") return inputs.some(again) && inputs.every(isNotNegative);
  if (op.name === "maximum") return inputs.some(again);
  if (op.name === "sqrt" || op.name === "minimum" || isViewOf(node, (value) => value > 0)) return inputs.every(again);
  return constant(node, (value) => value > 0);
});

/** 0 or below wherever it is a number, so that its exponential is at most 1. */
export const isNotPositive = claim((node, again) => {
  const { op, inputs } = node;
  const [a, b] = inputs as [Node, Node];
  if (op.name === "neg") return isNotNegative(a);
  if (op.name === "minimum") return inputs.some(again);
  if (op.name === "sub") return isMaximumOf(b, a) || (again(a) && isNotNegative(b));
  if (op.name === "mul") return (again(a) && isNotNegative(b)) || (again(b) && isNotNegative(a));
  if (op.name === "div") return again(a) && isNotNegative(b);
  if (op.name === "add" || isViewOf(node, (value) => value <= 0)) return inputs.every(again);
  return constant(node, (value) => value <= 0);
});

/** Views that leave a maximum beside the elements that it is taken of. */
const stretches = ["reshape", "broadcast", "stopGradient"];

function isMaximumOf(node: Node, x: Node): boolean {
  let source = node;
  while (stretches.includes(source.op.name)) source = source.inputs[0]!;
  return source.op.name === "max" && source.inputs[0] === x;
}

const hasFiniteImage = ({ kind, image }: Op): boolean =>
  kind === "elementwise" && image !== undefined && image.every(Number.isFinite);

/** No larger than the numbers of the model file around it. */
const isBounded = claim((node, again) => {
  const { op, inputs } = node;
  if (isLabel(node) || hasFiniteImage(op)) return true;
  if (op.name === "exp" || op.name === "expm1") return isNotPositive(inputs[0]!);
  if (op.name === "minimum") return inputs.some(again) && inputs.every((input) => again(input) || isNotNegative(input));
  if (["neg", "add", "sub", "mul", "abs", "relu", "maximum"].includes(op.name) || isViewOf(node, Number.isFinite))
    return inputs.every(again);
  return constant(node, Number.isFinite);
});

/**
 * Whether it is infinite for numbers that training may meet: exponentials, powers, products of two values none of which is
 * bounded, and what is made of them. Sums over axes, products of matrices and parameters count as finite.
 */
export const mayOverflow = claim((node, again) => {
  const { op, inputs } = node;
  if (op.name === "prod") return !isBounded(inputs[0]!);
  if ((op.kind !== "elementwise" && !isView(node)) || isBounded(node)) return false;
  if (op.name === "exp" || op.name === "expm1" || op.name === "pow") return true;
  if (op.name === "mul" && !inputs.some(isBounded)) return true;
  return inputs.some((input) => input.type.dtype !== "bool" && again(input));
});

/** Neither infinite nor NaN, as long as nothing overflows. An input of a model may be NaN where it is missing. */
const isNumber = claim((node, again) => {
  const { op, inputs } = node;
  if (op.kind === "leaf") return isLabel(node) || op.name === "state" || constant(node, Number.isFinite);
  if (op.kind !== "elementwise" && !isView(node)) return true;
  return inputs.every((input) => input.type.dtype === "bool" || again(input)) && staysNumber(node);
});

function staysNumber(node: Node): boolean {
  const { op, inputs } = node;
  const [a, b] = inputs as [Node, Node];
  if (op.name === "div") return isPositive(b);
  if (op.name === "sqrt" || op.name === "log1p") return isNotNegative(a);
  if (op.name === "log") return isPositive(a);
  return isViewOf(node, Number.isFinite) || (op.total ?? false);
}

const isFiniteNumber = (node: Node): boolean => isNumber(node) && !mayOverflow(node);

/** Whether no slope of the op is infinite or NaN. */
export function hasFiniteSlopes(node: Node): boolean {
  const [a, b] = node.inputs as [Node, Node];
  const { name } = node.op;
  if (name === "sqrt" || name === "log") return isPositive(a) && isFiniteNumber(a);
  if (name === "div") return isFiniteNumber(a) && isPositive(b);
  if (name === "mul") return isFiniteNumber(a) && isFiniteNumber(b);
  return name !== "pow" && isFiniteNumber(a) && isFiniteNumber(node);
}

/** Whether a slope may be infinite because something overflows, far out, where functions of it are flat. */
export function hasOverflowingSlopes({ op, inputs }: Node): boolean {
  if (op.name === "exp" || op.name === "expm1") return !isNotPositive(inputs[0]!);
  return op.name === "pow" || (op.name === "mul" && inputs.some(mayOverflow));
}
