/**
 * A scalar function applied to tensors: one op of the graph for each of its own, broadcast.
 *
 *   select(gt(x, 0), log(x), 0)    m = gt x 0;  y = select m (log (select m x (stopGradient x))) 0
 *
 * The inner select is a gate: it changes no value, and lets a cotangent back to x only where the branch is taken. Without
 * it, the branch not taken would send back 0 times its own derivative there, which is NaN where that is infinite.
 */
import { apply, type Node } from "../../../graph/node.ts";
import type { DType } from "../../../graph/types.ts";
import { scalar as constant } from "../../../ops/elementwise.ts";
import { select, stopGradient } from "../../../ops/index.ts";
import type { Scalar } from "./scalar.ts";

/** The node of a scalar whose parameters stand for the nodes or numbers given. */
export function nodesOf(body: Scalar, args: readonly (Node | number)[], dtype: DType): Node {
  const parameters = args.map((arg) => (typeof arg === "number" ? constant(arg, dtype) : arg));
  return build(body, parameters, dtype);
}

/** `ungated` builds conditions: no cotangent passes them, so they need no gates either. */
function build(body: Scalar, parameters: readonly Node[], dtype: DType, ungated?: (mask: Scalar) => Node): Node {
  const built = new Map<Scalar, Node>();
  const node = (scalar: Scalar): Node => {
    const known = built.get(scalar) ?? make(scalar);
    built.set(scalar, known);
    return known;
  };
  const condition = ungated ?? node;
  const make = (scalar: Scalar): Node => {
    if (scalar.kind === "number") return constant(scalar.value, dtype);
    if (scalar.kind === "parameter") return parameters[scalar.index]!;
    if (scalar.op.name !== "select") return apply(scalar.op, scalar.args.map(node));
    const [when, a, b] = scalar.args as [Scalar, Scalar, Scalar];
    const mask = condition(when);
    const whenTrue = branch(a, (x) => select(mask, x, stopGradient(x)));
    const whenFalse = branch(b, (x) => select(mask, stopGradient(x), x));
    return select(mask, whenTrue, whenFalse);
  };
  const branch = (scalar: Scalar, gate: (x: Node) => Node): Node =>
    hasFiniteSlope(scalar) ? node(scalar) : build(scalar, parameters.map(gate), dtype, condition);
  return node(body);
}

const finiteSlopes: ReadonlySet<string> = new Set([
  "neg",
  "add",
  "sub",
  "abs",
  "minimum",
  "maximum",
  "floor",
  "tanh",
  "stopGradient",
]);

/** Whether the derivative is finite wherever the branch may not be taken, so that 0 times it is 0. */
function hasFiniteSlope(scalar: Scalar): boolean {
  if (scalar.kind !== "apply") return true;
  const { op, args } = scalar;
  const [a, b] = args;
  const isScaling =
    (op.name === "mul" && a!.kind === "number") || (/^(mul|div)$/.test(op.name) && b!.kind === "number");
  return (finiteSlopes.has(op.name) || isScaling) && args.every(hasFiniteSlope);
}
