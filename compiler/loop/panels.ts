/**
 * A matrix in panels of columns: [panel, row, column of the panel], one panel behind the other. Which lie so is chosen by
 * layout/panels.ts.
 *
 *   w[k,j] of [21,40] in panels of 16     w[21*16*(j/16) + 16*k + j%16]; columns 32 to 39 are a panel of 8
 */
import { internalError } from "../diagnostics.ts";
import { type Dims, elementCount, strides } from "../graph/types.ts";
import { affine, type Index, linear } from "./kernel.ts";

export interface Cut {
  /** Panels of the full width. */
  readonly count: number;
  /** Columns of the last panel, 0 where the others take all. */
  readonly rest: number;
}

/** Less than a vector of columns would be summed up in another order, so these belong to a wider last panel. */
const leastRest = 4;

export function cutColumns(columns: number, width: number): Cut {
  const [count, rest] = [Math.floor(columns / width), columns % width];
  return rest > 0 && rest < leastRest && count > 0 ? { count: count - 1, rest: width + rest } : { count, rest };
}

/** The place of an element whose column is written as panels and a place within one: 16*i1p + i1, or i1 + 32 in the last. */
export function indexInPanels(width: number, dims: Dims, at: readonly Index[]): Index {
  const { base, terms, dynamic } = at.at(-1)!;
  const rows = elementCount(dims.slice(0, -1), 1);
  const { count, rest } = cutColumns(dims.at(-1) as number, width);
  const panel = Math.min(Math.floor(base / width), count);
  const panels = terms.filter(({ stride }) => stride % width === 0);
  const within = terms.filter(({ stride }) => stride % width !== 0);
  if (dynamic !== undefined || within.some(({ stride }) => stride !== 1))
    throw internalError("a matrix in panels is not read column by column");
  const start = panel * width;
  const own = strides(dims.slice(0, -1), 1).map((stride) => stride * (panel === count ? rest : width));
  return linear([affine(start, panels), ...at.slice(0, -1), affine(base - start, within)], [rows, ...own, 1]);
}

/** The values of a matrix in the order of its panels. */
export function panelOrder(values: ArrayLike<number>, columns: number, width: number): number[] {
  const rows = values.length / columns;
  const { count, rest } = cutColumns(columns, width);
  const packed: number[] = [];
  for (let panel = 0; panel < count + Math.sign(rest); panel++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < (panel === count ? rest : width); column++)
        packed.push(values[row * columns + panel * width + column]!);
  return packed;
}
