/**
 * Data preparation: inputs centred and scaled by what the training rows show. The numbers are states of the module; they
 * are measured before training (`nabla train` and trainModel do it), saved with the parameters and shipped.
 *
 *   standardize(pixels)      (x - mean) * scale, states <binding>.shift = mean and <binding>.scale = 1 / deviation
 */
import { inputExpected } from "../diagnostics.ts";
import { isInput, leafName } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import type { Measurement } from "./build.ts";
import { ones, zeros } from "./initializers.ts";
import { operateInForward } from "./operate.ts";
import { declareParameter, partNames } from "./parameters.ts";
import { callOf } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { exampleDims, refuse, type Tensor } from "./tensor.ts";

/**
 * y = (x - mean) / deviation for each element of an example, over the training rows; the deviation divides by n. An
 * element that never varies, or by a few roundings only, is only centred. Training in f32 refuses values that lie so far from 0
 * and so close together that f32 moves them by more than a hundredth of their deviation (times in milliseconds): f64 takes
 * them. Before it is measured (init) y = x.
 * Throws input/expected where x is not an input of the model. Shapes: x D -> y D.
 */
export const standardize = <D extends Shape>(x: Tensor<D>): Tensor<D> => prepared("standardize", x);

/** y = (x - least) / (largest - least) for each element, over the training rows: 0 to 1 on them. Otherwise as standardize. */
export const minMax = <D extends Shape>(x: Tensor<D>): Tensor<D> => prepared("minMax", x);

function prepared<D extends Shape>(kind: Measurement["kind"], x: Tensor<D>): Tensor<D> {
  const call = callOf(kind);
  return operateInForward(call, x, (node, build) => {
    if (!isInput(node) || build.targets.has(node)) return refuse(inputExpected(call, node));
    const name = partNames(build, kind, undefined);
    const declare = (part: string, initial: typeof zeros): Node =>
      declareParameter(build, name(part), exampleDims(node), initial(), {
        role: "bias",
        trainable: false,
      });
    const [shift, scale] = [declare("shift", zeros), declare("scale", ones)];
    build.measurements.push({ kind, input: leafName(node), shift: leafName(shift), scale: leafName(scale) });
    return ops.mul(ops.sub(node, shift), scale);
  });
}
