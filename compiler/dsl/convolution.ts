/** Convolution as a layer: a window of weights that slides over an image. */
import { badAttribute, type CompileError, outsideForward, rank, windowTooLarge, wrongKey } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { add, convolution } from "../ops/index.ts";
import { type Build, currentBuild } from "./build.ts";
import { glorotUniform, type Initializer, zeros } from "./initializers.ts";
import type { DenseOptions } from "./layers.ts";
import { operate } from "./operate.ts";
import { type Declared, declareParameter, layerNames, learningKeys, requireLearning } from "./parameters.ts";
import { type Call, callOf, isPositiveInteger, requireKnownKeys, requireThat } from "./settings.ts";
import { asValue, hasRows, refuse, type Tensor } from "./tensor.ts";

/** One number for rows and columns, or one for each. */
export type Pair = number | readonly [number, number];

export interface Conv2dOptions extends DenseOptions {
  /** Extents of the window. */
  readonly kernel: Pair;
  /** How far the window moves; 1 unless said. */
  readonly stride?: Pair;
  /** Zeros on each side; 0 unless said. */
  readonly padding?: Pair;
  /** Distance of the window's points; 1 unless said. */
  readonly dilation?: Pair;
}

const conv2dOptions: readonly (keyof Conv2dOptions)[] = [
  ...(["kernel", "stride", "padding", "dilation", "bias", "weight"] as const),
  ...(["biasInit", "regularize", ...learningKeys, "name"] as const),
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
    const window = windowOf(call, options);
    if (!window) return node;
    const fault = windowFault(call, node, window);
    return fault ? refuse(fault) : convolved(build, node, channels, window, options);
  });
}

type Axes = readonly [number, number];
interface Window {
  readonly kernel: Axes;
  readonly stride: Axes;
  readonly padding: Axes;
  readonly dilation: Axes;
}

/** Undefined after an error, which is recorded. */
function windowOf(call: Call, { kernel, stride = 1, padding = 0, dilation = 1 }: Conv2dOptions): Window | undefined {
  const window = { kernel: both(kernel), stride: both(stride), padding: both(padding), dilation: both(dilation) };
  const isRight = (name: keyof Window, least: number) =>
    requireThat(
      window[name].length === 2 && window[name].every((extent) => Number.isInteger(extent) && extent >= least),
      call,
      name,
      `an integer from ${least} on, or two`,
      `[${window[name]}]`,
    );
  const checks = [isRight("kernel", 1), isRight("stride", 1), isRight("padding", 0), isRight("dilation", 1)];
  return checks.every(Boolean) ? window : undefined;
}

function windowFault(call: Call, x: Node, { kernel, padding, dilation }: Window): CompileError | undefined {
  const image = padding.map((zeros, axis) => (x.type.dims[axis + 1] as number) + 2 * zeros);
  const extent = kernel.map((points, axis) => dilation[axis]! * (points - 1) + 1);
  if (extent.every((needed, axis) => needed <= image[axis]!)) return undefined;
  return windowTooLarge({ ...call, inputs: [x] }, image, extent, padding, x);
}

const both = (pair: Pair): Axes => (typeof pair === "number" ? [pair, pair] : pair);

function convolved(
  build: Build,
  x: Node,
  channels: number,
  { kernel, ...window }: Window,
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
