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
import type { Differentiate, Seed } from "../graph/ir.ts";
import type { Node } from "../graph/node.ts";
import { withOrigin } from "../graph/origin.ts";
import { isFloat } from "../graph/types.ts";
import { scalar } from "../ops/elementwise.ts";
import { simplifyAdjoint } from "../simplify/adjoint.ts";
import { type Cotangent, settled, sumOf, whole } from "./cotangent.ts";
import { passBack } from "./pass-back.ts";

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
  return pulledBack([{ of, cotangent: seed ?? ones(of) }], withRespectTo, onCotangent);
}

/** The same from several values at once, each with its cotangent: the sum of what each gives. */
export function pulledBack(
  seeds: readonly Seed[],
  withRespectTo: readonly Node[],
  onCotangent?: (node: Node, cotangent: Node) => void,
): (Node | undefined)[] {
  const active = between(
    withRespectTo,
    seeds.map(({ of }) => of),
  );
  const cotangents = new Map<Node, Cotangent>();
  const give = (node: Node, dx: Cotangent): void => {
    if (!active.has(node)) return;
    const before = cotangents.get(node);
    cotangents.set(node, before === undefined ? dx : sumOf(before, dx));
  };
  for (const { of, cotangent } of seeds) give(of, whole(cotangent));
  for (const node of [...active].sort((a, b) => b.id - a.id)) {
    const dy = cotangents.get(node);
    if (dy === undefined) continue;
    withOrigin(node.origin, () => {
      onCotangent?.(node, settled(dy).value);
      for (const [input, dx] of passBack(node, dy, differentiate)) give(input, dx);
    });
  }
  return withRespectTo.map((w) => {
    const dw = cotangents.get(w);
    return dw && withOrigin(w.origin, () => settled(dw).value);
  });
}

/** What the rule of a loop asks for its body. */
export const differentiate: Differentiate = (seeds, withRespectTo, primal) =>
  simplifyAdjoint(pulledBack(seeds, withRespectTo), primal);

function ones(of: Node): Node {
  if (of.type.dims.length > 0) throw internalError(`the adjoint of ${of.op.name} needs a seed: it is not a scalar`);
  return scalar(1, of.type.dtype);
}

/** The nodes that depend on one of `from` and that one of `to` depends on, through ops that let a cotangent pass. */
function between(from: readonly Node[], to: readonly Node[]): Set<Node> {
  const active = new Set<Node>(from);
  for (const node of reachable(to)) {
    if (node.op.adjoint !== "none" && isFloat(node.type.dtype) && node.inputs.some((i) => active.has(i)))
      active.add(node);
  }
  const needed = new Set(reachable(to));
  return new Set([...active].filter((node) => needed.has(node)));
}
