/**
 * Inputs that are one of several kinds: a colour, a weekday.
 *
 *   inputs: { size: [3], colour: classes(4) }
 *   add(dense(size, 8), dense(oneHot(colour), 8))      colour 2 -> [0, 0, 1, 0]: a row of weights of its own for each colour
 */
import { wrongDType } from "../diagnostics.ts";
import * as ops from "../ops/index.ts";
import { currentBuild } from "./build.ts";
import { operate } from "./operate.ts";
import { callOf } from "./settings.ts";
import { type Labels, refuse, type Tensor } from "./tensor.ts";

/**
 * y[k] = 1 where k is the label, else 0. No gradient flows into labels.
 * Throws type/dtype where it is given other than an input or target of classes. Shapes: labels of classes(K) -> y [K].
 */
export const oneHot = <K extends number>(labels: Labels<K>): Tensor<[K]> =>
  operate("oneHot", labels, (node) => {
    const build = currentBuild();
    const classes = build?.classes.get(node);
    if (build && classes) return ops.oneHot(node, classes, build.dtype);
    return refuse(wrongDType({ ...callOf("oneHot"), inputs: [node] }, 0, "labels of classes(K)", node.type));
  });
