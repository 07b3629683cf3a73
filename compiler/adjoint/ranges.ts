/**
 * What can be said of a node's values without running it, from the ops around it alone:
 *
 *   sqrt (add variance 1e-5)      above 0, so that a division by it has a finite slope
 *
 * "No" means not known. Parameters, products and sums count as finite.
 */
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

const isView = ({ op }: Node): boolean => op.kind === "view";
const constant = (node: Node, is: (value: number) => boolean): boolean => {
  const value = uniformValue(node);
  return value !== undefined && is(value);
};

/** 0 or above wherever it is a number. */
export const isNotNegative = claim((node, again) => {
  const { op, inputs } = node;
  if (["exp", "abs", "relu", "sqrt", "sigmoid", "softplus", "uniform", "oneHot", "rows", "step"].includes(op.name))
    return true;
  if (op.name === "mul" && inputs[0] === inputs[1]) return true;
  if (op.name === "maximum") return inputs.some(again);
  if (["add", "mul", "div", "sum", "max", "minimum"].includes(op.name) || isView(node)) return inputs.every(again);
  return constant(node, (value) => value >= 0);
});

/** Above 0 wherever it is a number. A product of such may vanish. */
export const isPositive = claim((node, again) => {
  const { op, inputs } = node;
  if (op.name === "rows" || op.name === "step") return true;
  if (op.name === "add") return inputs.some(again) && inputs.every(isNotNegative);
  if (op.name === "maximum") return inputs.some(again);
  if (op.name === "sqrt" || op.name === "minimum" || isView(node)) return inputs.every(again);
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
  if (op.name === "add" || isView(node)) return inputs.every(again);
  return constant(node, (value) => value <= 0);
});

function isMaximumOf(node: Node, x: Node): boolean {
  let source = node;
  while (isView(source)) source = source.inputs[0]!;
  return source.op.name === "max" && source.inputs[0] === x;
}

const bounded = ["tanh", "sigmoid", "softplus", "erf", "sin", "cos", "floor"];
const plain = ["neg", "add", "sub", "mul", "abs", "relu", "minimum", "maximum", "select"];

/** Neither infinite nor NaN, but for sums and products that overflow. An input of a model may be NaN where it is missing. */
export const hasFiniteValues = claim((node, again) => {
  const { op, inputs } = node;
  if (op.kind === "leaf")
    return op.name !== "input" && (op.name !== "const" || !constant(node, (v) => !Number.isFinite(v)));
  if (op.kind !== "elementwise" && !isView(node)) return true;
  return inputs.every((input) => input.type.dtype === "bool" || again(input)) && staysFinite(node);
});

function staysFinite(node: Node): boolean {
  const { op, inputs } = node;
  const [a, b] = inputs as [Node, Node];
  if (op.name === "div") return isPositive(b);
  if (op.name === "sqrt" || op.name === "log1p") return isNotNegative(a);
  if (op.name === "log") return isPositive(a);
  if (op.name === "exp" || op.name === "expm1") return isNotPositive(a);
  return isView(node) || [...bounded, ...plain].includes(op.name);
}

/** Whether no slope of the op is infinite or NaN where its inputs are numbers that `hasFiniteValues` takes for finite. */
export function hasFiniteSlopes(node: Node): boolean {
  const [a, b] = node.inputs as [Node, Node];
  const { name } = node.op;
  if (["sqrt", "log"].includes(name)) return isPositive(a) && hasFiniteValues(a);
  if (name === "div") return hasFiniteValues(a) && isPositive(b);
  if (name === "mul") return hasFiniteValues(a) && hasFiniteValues(b);
  return name !== "pow" && hasFiniteValues(node);
}
