/**
 * Lays the weights of a large product out in panels of columns, so that a tile reads them as they lie. Only inference can:
 * its weights are known at build, and nobody reads them back.
 *
 *   [i0<n, i1<512]             w[512*r0 + i1]
 *   ==> [i1p<32, i0<n, i1<16]  w[8192*i1p + 16*r0 + i1],  every other index with 16*i1p + i1 for i1
 *
 * Without, the 8 columns of a tile lie 2 KiB apart from row to row; such lines share two sets of the L1 cache and drive each
 * other out.
 */
import { rewriter, subexpressions } from "./collapse.ts";
import { type Affine, type Axis, affine, type Expr, type Kernel, strideOf } from "./kernel.ts";

/** A matrix [rows, columns] that lies as columns / panelColumns matrices [rows, panelColumns], one behind the other. */
export interface Panels {
  readonly buffer: string;
  readonly rows: number;
  readonly columns: number;
}

export interface Packed {
  readonly kernels: readonly Kernel[];
  readonly panels: readonly Panels[];
}

/** A cache line of f32: half of it is one 4 x 8 tile, all of it the four chains of a single row. */
export const panelColumns = 16;

/** Below, a panel's rows are few enough to stay in L1 as they lie: 784-128-64-10 gains nothing. */
const leastColumns = 256;

/** Below, weights are read too few times for their layout to matter, and a single row is better off with more chains. */
const leastBatch = 64;

/** Packs what pays, of the named buffers; a buffer that is read in two places stays as it is. */
export function packWeights(kernels: readonly Kernel[], weights: ReadonlySet<string>, batch: number): Packed {
  const found = kernels.map((kernel) => (batch < leastBatch ? undefined : productOf(kernel, weights)));
  const reads = kernels.flatMap((kernel) => loadsOf(kernel)).map((load) => load.buffer);
  const chosen = found.map((product) =>
    product && reads.filter((buffer) => buffer === product.load.buffer).length === 1 ? product : undefined,
  );
  return {
    kernels: kernels.map((kernel, at) => (chosen[at] ? inPanels(kernel, chosen[at]) : kernel)),
    panels: chosen.flatMap((product) =>
      product ? [{ buffer: product.load.buffer, rows: product.rows, columns: product.columns }] : [],
    ),
  };
}

/** The values of a matrix in the order of its panels. */
export function panelOrder(values: ArrayLike<number>, { rows, columns }: Panels): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const panel = Math.floor(at / (rows * panelColumns));
    const row = Math.floor(at / panelColumns) % rows;
    return values[row * columns + panel * panelColumns + (at % panelColumns)]!;
  });
}

type Load = Extract<Expr, { kind: "load" }>;

interface Product {
  readonly load: Load;
  readonly rows: number;
  readonly columns: number;
}

const loadsOf = ({ stores }: Kernel): Load[] =>
  [...new Set(stores.flatMap(({ value }) => subexpressions(value)))].filter((e): e is Load => e.kind === "load");

/** A sum over one axis r of something with w[columns * r + column], in a nest that ends in rows and columns. */
function productOf({ axes, stores }: Kernel, weights: ReadonlySet<string>): Product | undefined {
  const [row, column] = axes.slice(-2);
  if (row?.extent !== "n" || column === undefined || column.extent === "n") return undefined;
  const columns = column.extent * column.scale;
  if (columns % panelColumns !== 0 || columns < leastColumns) return undefined;
  const sum = stores.flatMap(({ value }) => subexpressions(value)).find((e) => e.kind === "reduce");
  const reduced = sum?.axes[0];
  if (sum === undefined || sum.axes.length !== 1 || reduced === undefined || reduced.extent === "n") return undefined;
  const load = subexpressions(sum.body).find(
    (e): e is Load => e.kind === "load" && weights.has(e.buffer) && isMatrix(e.index, reduced, column, columns),
  );
  return load && { load, rows: reduced.extent * reduced.scale, columns };
}

const isMatrix = (index: Affine, row: Axis, column: Axis, columns: number): boolean =>
  index.base === 0 &&
  index.terms.length === 2 &&
  strideOf(index, row.name) === columns &&
  strideOf(index, column.name) === 1;

function inPanels(kernel: Kernel, { load, rows, columns }: Product): Kernel {
  const [row, column] = kernel.axes.slice(-2) as [Axis, Axis];
  const panel: Axis = { name: `${column.name}p`, extent: columns / panelColumns, scale: 1 };
  const split = (index: Affine): Affine => {
    const stride = strideOf(index, column.name);
    return stride === 0
      ? index
      : affine(index.base, [...index.terms, { axis: panel.name, stride: stride * panelColumns }]);
  };
  const reduced = load.index.terms.find(({ axis }) => axis !== column.name)!.axis;
  const packed = affine(0, [
    { axis: panel.name, stride: rows * panelColumns },
    { axis: reduced, stride: panelColumns },
    { axis: column.name, stride: 1 },
  ]);
  const rewrite = rewriter((e) => {
    if (e === load) return { ...load, index: packed };
    return e.kind === "load" || e.kind === "index" || e.kind === "uniform" ? { ...e, index: split(e.index) } : e;
  });
  return {
    ...kernel,
    axes: [...kernel.axes.slice(0, -2), panel, row, { name: column.name, extent: panelColumns, scale: 1 }],
    stores: kernel.stores.map((s) => ({ ...s, index: split(s.index), value: rewrite(s.value) })),
  };
}
