/** What layers that slide a window have in common: its options, their checks, and whether it fits. */
import { type CompileError, windowTooLarge } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import type { Windows } from "../ops/index.ts";
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

export const windowOptions = ["kernel", "stride", "padding", "dilation"] as const;

/** Undefined after an error, which is recorded. */
export function windowOf(
  call: Call,
  axes: number,
  { kernel, stride = 1, padding = 0, dilation = 1 }: WindowOptions<number | readonly number[]>,
): Windows | undefined {
  const isRight = (name: keyof Windows, given: unknown, least: number): boolean => {
    const list = along(axes, given);
    return requireThat(
      list.length === axes && list.every((extent) => Number.isInteger(extent) && extent >= least),
      call,
      name,
      axes === 1 ? `an integer from ${least} on` : `an integer from ${least} on, or one for each of ${axes} axes`,
      print(given),
    );
  };
  const checks = [
    isRight("kernel", kernel, 1),
    isRight("stride", stride, 1),
    isRight("padding", padding, 0),
    isRight("dilation", dilation, 1),
  ];
  if (!checks.every(Boolean)) return undefined;
  return {
    kernel: along(axes, kernel),
    stride: along(axes, stride),
    padding: along(axes, padding),
    dilation: along(axes, dilation),
  };
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
