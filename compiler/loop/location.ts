/**
 * Where a value lies in a buffer: all of it, or what one turn of a loop has of all turns.
 *
 *   x: [n,5,3] read by turn t of 5        x[15*i0 + 3*t + i1]       rows 15 apart, 3*t from the start
 */
import { loopAxis } from "../graph/body.ts";
import { type Dims, elementCount, strides } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Affine, affine, type Index, linear, type Repeat, type Term } from "./kernel.ts";
import { indexInPanels } from "./panels.ts";

export interface Location {
  readonly buffer: LoopBuffer;
  /** From row to row, where that is not the length of one. */
  readonly rowStride?: number;
  /** Of the turns of loops around. */
  readonly offset: Affine;
  /** Columns of a panel, where a matrix lies in panels. */
  readonly panelWidth?: number;
}

export const whole = (buffer: LoopBuffer, panelWidth?: number): Location => ({
  buffer,
  offset: affine(0),
  ...(panelWidth !== undefined && { panelWidth }),
});

/** Where the turn of a loop finds its own of a value with the turns along one axis; `dims` are those of a turn. */
export function atTurn({ buffer, rowStride, offset }: Location, dims: Dims, repeat: Repeat, batch: number): Location {
  const turn = (stride: number): Affine => {
    const terms: Term[] = stride === 0 ? [] : [{ axis: repeat.axis, stride }];
    return affine(offset.base, [...offset.terms, ...terms]);
  };
  if (loopAxis(dims) === 0) return { buffer, offset: turn(elementCount(dims, batch)) };
  const row = elementCount(dims.slice(1), batch);
  return { buffer, rowStride: rowStride ?? repeat.extent * row, offset: turn(row) };
}

/** The place of the element at an index of a value of these dims, which may be another shape of the same rows. */
export function indexIn(location: Location, dims: Dims, at: readonly Index[], batch: number): Index {
  const { rowStride, offset, panelWidth } = location;
  if (panelWidth !== undefined) return indexInPanels(panelWidth, dims, at);
  const own = strides(dims, batch);
  const index = linear(at, rowStride === undefined || dims[0] !== "n" ? own : own.with(0, rowStride), offset.base);
  return { ...index, terms: [...index.terms, ...offset.terms] };
}
