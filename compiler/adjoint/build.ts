/**
 * Reverse mode on the graph: the cotangent of `of` flows from users to inputs through each op's adjoint rule.
 *
 *   y = mul x x        dx = add (mul dy x) (mul dy x)       a value used twice gets the sum
 *
 * Only nodes on a path from `withRespectTo` to `of` get a cotangent. The result is an ordinary graph, so the adjoint of
 * an adjoint works too. Reference: Griewank and Walther, "Evaluating Derivatives", 2nd ed. 2008, section 3.2.
 */
import { internalError } from "../diagnostics.ts";
import { reachable } from "../graph/graph.ts";
import { byName, type Node } from "../graph/node.ts";
import { withOrigin } from "../graph/origin.ts";
import { type Dims, isFloat, sameDims } from "../graph/types.ts";
import { add } from "../ops/arithmetic.ts";
import { scalar } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import { broadcast, reshape } from "../ops/view.ts";

/**
 * d of / d w for each w, of w's shape; undefined where `of` does not depend on w. `of` is a scalar, or `seed` is given.
 * `onCotangent` learns the cotangent of each node on the way, complete, from the last node to the first.
 */
export function gradients(
  of: Node,
  withRespectTo: readonly Node[],
  seed?: Node,
  onCotangent?: (node: Node, cotangent: Node) => void,
): (Node | undefined)[] {
  const active = between(withRespectTo, of);
  const cotangents = new Map<Node, Node>();
  if (active.has(of)) cotangents.set(of, seed ?? ones(of));
  for (const node of [...active].sort((a, b) => b.id - a.id)) {
    const dy = cotangents.get(node);
    if (dy === undefined) continue;
    onCotangent?.(node, dy);
    if (node.op.adjoint === "none") continue;
    const rule = node.op.adjoint;
    const inputs = byName(node.op, node.inputs);
    withOrigin(node.origin, () => {
      const partials = rule(dy, inputs, node);
      node.op.inputs.forEach((name, position) => {
        const input = node.inputs[position]!;
        const cotangent = partials[name];
        if (cotangent === undefined || !active.has(input)) return;
        accumulate(cotangents, input, sumTo(cotangent, input.type.dims));
      });
    });
  }
  return withRespectTo.map((w) => cotangents.get(w));
}

function ones(of: Node): Node {
  if (of.type.dims.length > 0) throw internalError(`the adjoint of ${of.op.name} needs a seed: it is not a scalar`);
  return scalar(1, of.type.dtype);
}

/** The nodes that depend on one of `from` and that `to` depends on, through ops that let a cotangent pass. */
function between(from: readonly Node[], to: Node): Set<Node> {
  const active = new Set<Node>(from);
  for (const node of reachable([to])) {
    if (node.op.adjoint !== "none" && isFloat(node.type.dtype) && node.inputs.some((i) => active.has(i)))
      active.add(node);
  }
  const needed = new Set(reachable([to]));
  return new Set([...active].filter((node) => needed.has(node)));
}

function accumulate(cotangents: Map<Node, Node>, node: Node, cotangent: Node): void {
  const before = cotangents.get(node);
  cotangents.set(node, before === undefined ? cotangent : add(before, cotangent));
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
