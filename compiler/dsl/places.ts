/**
 * Places of extremes: labels that are found, not given, and are read as those of inputs are.
 *
 *   oneHot(argmax(scores))           1 where the largest score is
 *   gather(table, argmax(scores))    the row of the table that it names
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

const placeAlong =
  (name: string, op: (x: Node, axis: number) => Node): PlaceAlong =>
  (x, axis) =>
    operate(name, x, (node) => {
      if (!hasRows(node))
        return refuse(rank({ ...callOf(name), inputs: [node] }, 0, "x: [n, ...], a value for each row", node.type));
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
