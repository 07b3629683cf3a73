/** Pools: a window that slides over an example and keeps the maximum, or the mean, of what it covers. */
import { badAttribute, rank } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { div, max, placesAlong, sum, type Windows, windows } from "../ops/index.ts";
import { operate } from "./operate.ts";
import { type Declared, settle } from "./options.ts";
import { type Call, callOf } from "./settings.ts";
import { hasRows, refuse, type Tensor } from "./tensor.ts";
import { extents, type Pair, type WindowOptions, windowFault, windowOf, windowOptions } from "./window.ts";

export interface PoolOptions<E> extends WindowOptions<E> {
  /** How far the window moves; as far as it is large unless said, so that no two meet. */
  readonly stride?: E;
  /** How far it reaches past each side: places that count as 0 in a mean, and never in a maximum; 0 unless said. */
  readonly padding?: E;
}

const poolOptions = (axes: number) =>
  ({ ...windowOptions(axes), stride: extents(axes, 1).optional }) satisfies Declared<PoolOptions<Pair>>;

export type Pool1d = <C extends number>(
  x: Tensor<readonly [number, C]>,
  options: PoolOptions<number>,
) => Tensor<[number, C]>;

export type Pool2d = <C extends number>(
  x: Tensor<readonly [number, number, C]>,
  options: PoolOptions<Pair>,
) => Tensor<[number, number, C]>;

/** What becomes of the windows of an example, whose points are the given axes. */
type Pooling = (call: Call, x: Node, sliding: Windows, points: readonly number[]) => Node;

/** Of one axis, or of two: `shape` is that of an example in words. */
const pool = (name: string, axes: number, shape: string, pooling: Pooling) => {
  const known = poolOptions(axes);
  return (x: unknown, options: PoolOptions<Pair>) => {
    const call = callOf(name);
    const { stride, ...settings } = settle(call, known, options);
    return operate<never>(name, x, (node) => {
      if (!hasRows(node) || node.type.dims.length !== axes + 2)
        return refuse(rank({ ...call, inputs: [node] }, 0, shape, node.type));
      const sliding = windowOf(axes, { ...settings, stride: stride ?? settings.kernel });
      if (!sliding) return node;
      const fault = windowFault(call, node, sliding);
      const points = sliding.kernel.map((_, axis) => 1 + axes + axis);
      return fault ? refuse(fault) : pooling(call, node, sliding, points);
    });
  };
};

const largest: Pooling = (call, x, sliding, points) =>
  sliding.kernel.every((_, axis) => meetsEverywhere(x.type.dims[axis + 1] as number, sliding, axis))
    ? max(windows(x, 1, sliding, Number.NEGATIVE_INFINITY), points)
    : refuse(badAttribute(call, "padding", "so little that each place of the window meets x", `[${sliding.padding}]`));

const average: Pooling = (_call, x, sliding, points) =>
  div(
    sum(windows(x, 1, sliding, 0), points),
    sliding.kernel.reduce((count, extent) => count * extent, 1),
  );

/** Whether the window has a point inside of the axis wherever it stands. */
function meetsEverywhere(size: number, sliding: Windows, axis: number): boolean {
  const [kernel, stride, padding, dilation] = [sliding.kernel, sliding.stride, sliding.padding, sliding.dilation].map(
    (list) => list[axis]!,
  ) as [number, number, number, number];
  const places = Array.from(
    { length: placesAlong(size, kernel, sliding, axis) },
    (_, place) => stride * place - padding,
  );
  return places.every((start) => {
    const first = Math.max(0, Math.ceil(-start / dilation));
    return first < kernel && start + dilation * first < size;
  });
}

const [sequence, image] = ["x: [n, T, C], one sequence a row", "x: [n, H, W, C], one image a row"];

/**
 * The largest element under each place of a window, channel by channel; NaN if there is one. Equal maxima of a window share its
 * gradient. Shapes: x [T, C] -> y [T', C], T' = floor((T + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
 */
export const maxPool1d: Pool1d = pool("maxPool1d", 1, sequence, largest);
/**
 * The largest element under each place of a window, channel by channel; NaN if there is one. Equal maxima of a window share its
 * gradient. Shapes: x [H, W, C] -> y [H', W', C], as with conv2d.
 */
export const maxPool2d: Pool2d = pool("maxPool2d", 2, image, largest);
/** The mean of what each place of a window covers, padding included as 0. Shapes: x [T, C] -> y [T', C]. */
export const averagePool1d: Pool1d = pool("averagePool1d", 1, sequence, average);
/** The mean of what each place of a window covers, padding included as 0. Shapes: x [H, W, C] -> y [H', W', C]. */
export const averagePool2d: Pool2d = pool("averagePool2d", 2, image, average);
