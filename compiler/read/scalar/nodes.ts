/**
 * A scalar function applied to tensors: one op of the graph for each of its own, broadcast.
 *
 *   select(gt(x, 0), log(x), 0)    y = select (gt x 0) (log x) 0
 */
import { apply, type Node } from "../../graph/node.ts";
import type { DType } from "../../graph/types.ts";
import { scalar as constant } from "../../ops/elementwise.ts";
import type { ScalarExpr } from "./scalar.ts";

/** The node of a scalar whose parameters stand for the nodes or numbers given. */
export function nodesOf(body: ScalarExpr, args: readonly (Node | number)[], dtype: DType): Node {
  const parameters = args.map((arg) => (typeof arg === "number" ? constant(arg, dtype) : arg));
  const built = new Map<ScalarExpr, Node>();
  const node = (scalar: ScalarExpr): Node => {
    const known = built.get(scalar) ?? make(scalar);
    built.set(scalar, known);
    return known;
  };
  const make = (scalar: ScalarExpr): Node => {
    if (scalar.kind === "number") return constant(scalar.value, dtype);
    if (scalar.kind === "parameter") return parameters[scalar.index]!;
    return apply(scalar.op, scalar.args.map(node));
  };
  return node(body);
}
