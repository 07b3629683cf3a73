/** Convolution as a layer: a window of weights that slides over an image. */
import { badAttribute, outsideForward, rank, wrongKey } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { add, convolution, type Windows } from "../ops/index.ts";
import { type Build, currentBuild } from "./build.ts";
import { glorotUniform, type Initializer, zeros } from "./initializers.ts";
import type { DenseOptions } from "./layers.ts";
import { operate } from "./operate.ts";
import { type Declared, declareParameter, layerNames, learningKeys, requireLearning } from "./parameters.ts";
import { callOf, isPositiveInteger, requireKnownKeys } from "./settings.ts";
import { asValue, hasRows, refuse, type Tensor } from "./tensor.ts";
import { type Pair, type WindowOptions, windowFault, windowOf, windowOptions } from "./window.ts";

export interface Conv2dOptions extends DenseOptions, WindowOptions<Pair> {}

const conv2dOptions: readonly (keyof Conv2dOptions)[] = [
  ...windowOptions,
  ...(["bias", "weight", "biasInit", "regularize", ...learningKeys, "name"] as const),
];

/**
 * Two-dimensional convolution, as networks have it (a correlation: the window is not mirrored), channels last:
 *   y[i, j, d] = b[d] + sum over p, q, c of x[stride i + dilation p - padding, stride j + dilation q - padding, c] W[p, q, c, d]
 * with 0 outside of x. Shapes: x [H, W, C] -> y [H', W', channels], H' = floor((H + 2 padding - dilation (kernel - 1) - 1) /
 * stride) + 1; W [kernel, kernel, C, channels], b [channels]. No buffer of patches is made.
 * Throws shape/rank where x is not one image a row, attribute/range for a wrong option or a window that does not fit.
 */
export function conv2d<U extends number>(
  x: Tensor<readonly [number, number, number]>,
  channels: U,
  options: Conv2dOptions,
): Tensor<[number, number, U]> {
  const call = callOf("conv2d");
  if (typeof options !== "object" || options === null)
    return asValue(refuse(wrongKey(call, "options", "an object, such as { kernel: 3 }", options)));
  requireKnownKeys(call, options, conv2dOptions);
  requireLearning(call, options);
  return operate("conv2d", x, (node) => {
    const build = currentBuild();
    if (build === undefined) return refuse(outsideForward(call));
    if (!isPositiveInteger(channels)) return refuse(badAttribute(call, "channels", "an integer above 0", channels));
    if (!hasRows(node) || node.type.dims.length !== 4)
      return refuse(rank({ ...call, inputs: [node] }, 0, "x: [n, H, W, C], one image a row", node.type));
    const window = windowOf(call, 2, options);
    if (!window) return node;
    const fault = windowFault(call, node, window);
    return fault ? refuse(fault) : convolved(build, node, channels, window, options);
  });
}

function convolved(
  build: Build,
  x: Node,
  channels: number,
  { kernel, ...window }: Windows,
  options: Conv2dOptions,
): Node {
  const { bias = true, weight = glorotUniform(), biasInit = zeros(), regularize, trainable, rate } = options;
  const nameOf = layerNames(build, "conv", options.name);
  const declare = (name: string, dims: number[], initializer: Initializer, declared: Declared) =>
    declareParameter(build, nameOf(name), dims, initializer, { trainable, rate, ...declared });
  const w = declare("weight", [...kernel, x.type.dims[3] as number, channels], weight, { role: "weight", regularize });
  const y = convolution(x, w, window);
  return bias ? add(y, declare("bias", [channels], biasInit, { role: "bias" })) : y;
}
