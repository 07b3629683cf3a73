/**
 * What the nodes of groups read: fusion finds it once, and schedule and lifetimes go by it.
 *
 *   t = transpose w; y = matmul x t       where t is inline, y reads x and w, not t
 */
import { isLeaf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Dims, sameDims } from "../graph/types.ts";

/** What a node reads from memory or from its own group, and whether at the same index. */
export interface Read {
  readonly node: Node;
  readonly samePoint: boolean;
}

/** Of each node of a group. */
export type Reads = ReadonlyMap<Node, readonly Read[]>;

/** Follows a node's inputs through what is inline, down to placed nodes and leaves; each once for each answer. */
export function readsOf(node: Node, inline: ReadonlySet<Node>): Read[] {
  if (isLeaf(node)) return [{ node, samePoint: true }];
  const result: Read[] = [];
  const seen = { true: new Set<Node>(), false: new Set<Node>() };
  const visit = (user: Node, input: Node, samePoint: boolean): void => {
    const same = samePoint && keepsPoint(user, input);
    // Without this, h * h of h * h ... is followed 2^n times.
    if (seen[`${same}`].has(input)) return;
    seen[`${same}`].add(input);
    if (inline.has(input)) for (const next of input.inputs) visit(input, next, same);
    else result.push({ node: input, samePoint: same });
  };
  for (const input of node.inputs) visit(node, input, true);
  return result;
}

const keepsPoint = (user: Node, input: Node): boolean =>
  (user.op.kind === "elementwise" || user.op.name === "stopGradient") && sameDims(user.type.dims, input.type.dims);

const withoutOnes = (dims: Dims): Dims => dims.filter((d) => d !== 1);

/** Whether a reshape can be followed as an index map. */
export const dropsOnlyOnes = (reshape: Node): boolean =>
  sameDims(withoutOnes(reshape.type.dims), withoutOnes(reshape.inputs[0]!.type.dims));
