/**
 * The loss of more rows than one call takes. A loss is a function of sums over rows; with the sums of all calls in place of
 * those of one, it is the loss of all rows.
 *
 *   div (sum (mul w e)) (sum w)
 *   -> loss = div (add (sum (mul w e)) loss.earlier1) (add (sum w) loss.earlier2), and both sums as outputs
 *
 * A mean over rows needs none of this: the mean of the calls' losses by their rows is the same.
 */

import type { Build } from "../dsl/build.ts";
import { type Output, reachable } from "../graph/graph.ts";
import { type Node, onInputs } from "../graph/node.ts";
import { add, state } from "../ops/index.ts";

export interface Accumulated {
  /** With the sums of earlier calls, which are 0 unless the caller says otherwise. */
  readonly loss: Node;
  /** Of this call, in the order of `earlier`. */
  readonly sums: readonly Output[];
  /** The leaves that hold those of earlier calls. */
  readonly earlier: readonly Node[];
}

/**
 * Undefined for a mean over rows, and for a loss that no sums over rows give: the largest of them, or one whose rows are
 * measured against each other. Of these the mean of the calls' losses is all there is.
 */
export function accumulated(build: Build, loss: Node): Accumulated | undefined {
  const varying = dependingOnRows(loss);
  const ofBatch = [...varying].filter((node) => !hasRows(node));
  const sums = ofBatch.filter(isSumOverRows);
  const isNested = sums.some((node) => reachable(node.inputs).some((below) => sums.includes(below)));
  const isOther = ofBatch.some((node) => isReductionOverRows(node) && !isSumOverRows(node));
  if (isNested || isOther || isMean(loss, varying)) return undefined;
  const earlier = sums.map(({ type }, i) => state(build.names.claim(`loss.earlier${i + 1}`), type));
  return {
    loss: replaced(loss, new Map(sums.map((node, i) => [node, add(node, earlier[i]!)]))),
    sums: sums.map((node, i) => ({ name: `loss.sum${i + 1}`, node })),
    earlier,
  };
}

const hasRows = (node: Node): boolean => node.type.dims.includes("n");

/** The number of rows is a sum over rows, of 1. */
const isRows = (node: Node): boolean => node.op.name === "rows";

const isReductionOverRows = (node: Node): boolean => !hasRows(node) && node.inputs.some(hasRows);

const isSumOverRows = (node: Node): boolean =>
  isRows(node) || (isReductionOverRows(node) && (node.op.name === "sum" || node.op.kind === "contraction"));

/** The nodes whose values the rows of a call decide. */
function dependingOnRows(loss: Node): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of reachable([loss]))
    if (hasRows(node) || isRows(node) || node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}

/** Whether a loss is a + b (sum over rows) / rows, a and b the same in every call. */
function isMean(loss: Node, varying: ReadonlySet<Node>): boolean {
  const isSum = (node: Node) => isSumOverRows(node) && !isRows(node);
  return isLinear(loss, varying, (node) => {
    if (!varying.has(node)) return true;
    const [total, rows] = node.inputs;
    return node.op.name === "div" && isRows(rows!) && isLinear(total!, varying, isSum);
  });
}

/** Whether a node is made of terms by additions and by factors that do not vary. */
function isLinear(node: Node, varying: ReadonlySet<Node>, isTerm: (node: Node) => boolean): boolean {
  if (isTerm(node)) return true;
  const [a, b] = node.inputs as [Node, Node];
  const linear = (inner: Node) => isLinear(inner, varying, isTerm);
  switch (node.op.name) {
    case "add":
    case "sub":
      return linear(a) && linear(b);
    case "neg":
      return linear(a);
    case "mul":
      return (!varying.has(b) && linear(a)) || (!varying.has(a) && linear(b));
    case "div":
      return !varying.has(b) && linear(a);
    default:
      return false;
  }
}

/** The loss with each node of `others` in place of its key. */
function replaced(loss: Node, others: ReadonlyMap<Node, Node>): Node {
  const done = new Map<Node, Node>();
  for (const node of reachable([loss]))
    done.set(
      node,
      others.get(node) ??
        onInputs(
          node,
          node.inputs.map((input) => done.get(input)!),
        ),
    );
  return done.get(loss)!;
}
