/** What layers that slide a window have in common: its options, their checks, and whether it fits. */
import { type CompileError, windowTooLarge } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import type { Windows } from "../ops/index.ts";
import { type Declared, type OptionKind, optionKind, type Settled } from "./options.ts";
import { type Call, print, requireThat } from "./settings.ts";

/** One number for rows and columns, or one for each. */
export type Pair = number | readonly [number, number];

/** The options of a window that slides over one axis, with E = number, or over two. */
export interface WindowOptions<E> {
  /** Extents of the window. */
  readonly kernel: E;
  /** How far the window moves; 1 unless said. */
  readonly stride?: E;
  /** Zeros on each side; 0 unless said. */
  readonly padding?: E;
  /** Distance of the window's points; 1 unless said. */
  readonly dilation?: E;
}

/** Integers from `least` on, one for all axes or one for each. */
export const extents = (axes: number, least: number): OptionKind<Pair> =>
  optionKind((call, name, value) => {
    const list = along(axes, value);
    return requireThat(
      list.length === axes && list.every((extent) => Number.isInteger(extent) && extent >= least),
      call,
      name,
      axes === 1 ? `an integer from ${least} on` : `an integer from ${least} on, or one for each of ${axes} axes`,
      print(value),
    );
  });

export const windowOptions = (axes: number) =>
  ({
    kernel: extents(axes, 1),
    stride: extents(axes, 1).or(1),
    padding: extents(axes, 0).or(0),
    dilation: extents(axes, 1).or(1),
  }) satisfies Declared<WindowOptions<Pair>>;

/** Undefined where the kernel, which has no default, is none; the error is recorded. */
export function windowOf(
  axes: number,
  { kernel, stride, padding, dilation }: Settled<ReturnType<typeof windowOptions>>,
): Windows | undefined {
  const list = along(axes, kernel);
  const isWindow = list.length === axes && list.every((extent) => Number.isInteger(extent) && extent >= 1);
  if (!isWindow) return undefined;
  return { kernel: list, stride: along(axes, stride), padding: along(axes, padding), dilation: along(axes, dilation) };
}

/** One number for all axes; what is neither that nor a list counts as an empty list. */
function along(axes: number, given: unknown): readonly number[] {
  if (typeof given === "number") return new Array<number>(axes).fill(given);
  return Array.isArray(given) ? given : [];
}

/** The error where no place of the window is inside of x, its axes from the first of an example on, with the padding. */
export function windowFault(call: Call, x: Node, { kernel, padding, dilation }: Windows): CompileError | undefined {
  const image = padding.map((zeros, axis) => (x.type.dims[axis + 1] as number) + 2 * zeros);
  const extent = kernel.map((points, axis) => dilation[axis]! * (points - 1) + 1);
  if (extent.every((needed, axis) => needed <= image[axis]!)) return undefined;
  return windowTooLarge({ ...call, inputs: [x] }, image, extent, padding, x);
}
