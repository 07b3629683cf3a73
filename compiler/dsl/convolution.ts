/** Convolution as a layer: a window of weights that slides over an image. */
import { badAttribute, rank } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { add, convolution, type Windows } from "../ops/index.ts";
import type { Build } from "./build.ts";
import { type DenseOptions, partsOf, weightAndBias } from "./layers.ts";
import { operateInForward } from "./operate.ts";
import { type Declared, type Settled, settle } from "./options.ts";
import { callOf, isPositiveInteger } from "./settings.ts";
import { hasRows, refuse, type Tensor } from "./tensor.ts";
import { type Pair, type WindowOptions, windowFault, windowOf, windowOptions } from "./window.ts";

export interface Conv2dOptions extends DenseOptions, WindowOptions<Pair> {}
const conv2dOptions = { ...windowOptions(2), ...weightAndBias } satisfies Declared<Conv2dOptions>;

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
  const settings = settle(call, conv2dOptions, options);
  return operateInForward(call, x, (node, build) => {
    if (!isPositiveInteger(channels)) return refuse(badAttribute(call, "channels", "an integer above 0", channels));
    if (!hasRows(node) || node.type.dims.length !== 4)
      return refuse(rank({ ...call, inputs: [node] }, 0, "x: [n, H, W, C], one image a row", node.type));
    const window = windowOf(2, settings);
    if (!window) return node;
    const fault = windowFault(call, node, window);
    return fault ? refuse(fault) : convolved(build, node, channels, window, settings);
  });
}

function convolved(
  build: Build,
  x: Node,
  channels: number,
  { kernel, ...window }: Windows,
  settings: Settled<typeof conv2dOptions>,
): Node {
  const declare = partsOf(build, "conv", settings);
  const y = convolution(x, declare.weight([...kernel, x.type.dims[3] as number, channels]), window);
  return settings.bias ? add(y, declare.bias([channels])) : y;
}
