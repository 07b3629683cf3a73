/**
 * Labels that are found, not given, and are read as those of inputs are: places of extremes, and numbers in steps.
 *
 *   oneHot(argmax(scores))           1 where the largest score is
 *   gather(table, argmax(scores))    the row of the table that it names
 *   gather(table, discretize(x, 9))  the row of the step in which a number is
 */
import { rank } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import { axisOf, noSuchAxis } from "./axes.ts";
import { currentBuild } from "./build.ts";
import { operate } from "./operate.ts";
import { callOf } from "./settings.ts";
import type { Drop, ExtentAt, Shape } from "./shapes.ts";
import { hasRows, type Labels, refuse, type Tensor } from "./tensor.ts";

export type PlaceAlong = <D extends Shape, const A extends number = -1>(
  x: Tensor<D>,
  axis?: A,
) => Labels<ExtentAt<D, A>, Drop<D, A>>;

/** Labels are of rows: an error for what has none. */
const withoutRows = (name: string, node: Node): Node | undefined =>
  hasRows(node)
    ? undefined
    : refuse(rank({ ...callOf(name), inputs: [node] }, 0, "x: [n, ...], a value for each row", node.type));

const placeAlong =
  (name: string, op: (x: Node, axis: number) => Node): PlaceAlong =>
  (x, axis) =>
    operate(name, x, (node) => {
      const refused = withoutRows(name, node);
      if (refused) return refused;
      const own = axisOf(node, axis ?? -1);
      if (own === undefined) return refuse(noSuchAxis(callOf(name), node, axis ?? -1));
      const labels = op(node, own);
      currentBuild()?.classes.set(labels, node.type.dims[own] as number);
      return labels;
    });

/**
 * The place of the largest element along an axis, the last unless said: labels of as many classes as it has elements. Of equal
 * ones the first, of NaN the first. No gradient flows through it. Shapes: [..., K, ...] -> labels of classes(K, [..., ...]).
 */
export const argmax: PlaceAlong = placeAlong("argmax", ops.argmax);

/** The place of the smallest element along an axis, the last unless said, as argmax has that of the largest. */
export const argmin: PlaceAlong = placeAlong("argmin", (x, axis) => ops.argmax(ops.neg(x), axis));

/**
 * Numbers as labels of so many classes: cut towards zero, then held to 0..classes - 1; NaN is 0. So numbers from 0 on are in steps of
 * 1, and discretize(mul(x, 10), 30) has steps of 0.1 up to 3. No gradient flows through it.
 * Throws attribute/range where classes is not an integer from 1 to 2^24. Shapes: [...D] -> labels of classes(K, D).
 */
export const discretize = <D extends Shape, const K extends number>(x: Tensor<D>, classes: K): Labels<K, D> =>
  operate("discretize", x, (node) => {
    const refused = withoutRows("discretize", node);
    if (refused) return refused;
    const labels = ops.discretize(node, classes);
    currentBuild()?.classes.set(labels, classes);
    return labels;
  });
