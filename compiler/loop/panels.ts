/**
 * Lays the weights of a product out in panels of columns, so that a tile reads them as they lie. Only inference can: its
 * weights are known at build, and nobody reads them back.
 *
 *   [i0<n, i1<512]             w[512*r0 + i1]
 *   ==> [i1p<32, i0<n, i1<16]  w[8192*i1p + 16*r0 + i1],  every other index with 16*i1p + i1 for i1
 *
 * Without, the columns of a tile lie 2 KiB apart from row to row: such lines share two sets of the L1 cache and drive each
 * other out, and of a line read for one tile the next uses the rest. Columns left over are a narrower panel, and a kernel of
 * their own.
 */
import type { LoopBuffer } from "./buffer.ts";
import { rewriter, subexpressions } from "./collapse.ts";
import { type Affine, type Axis, affine, type Expr, type Index, type Kernel, mapIndex, strideOf } from "./kernel.ts";

/** A matrix [rows, columns] that lies as panels [rows, width], one behind the other; the last may be narrower. */
export interface Panels {
  readonly buffer: LoopBuffer;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
}

export interface Packed {
  readonly kernels: readonly Kernel[];
  readonly panels: readonly Panels[];
}

/**
 * By the batch of the module. 16 columns are a cache line of f32, two 4 x 8 tiles; fewer than 256 stay in L1 as they lie. 24
 * (32 in a relaxed module) are the chains of a single row (see same-bits.ts): one row of 784-128-64-10 takes 17 % less time on Node 20 and 8 % on Node 26,
 * of the autoencoder 24 % and 20 %; 32 rows take the same. A smaller matrix is in L1 anyhow.
 */
const layoutsFor = (chains: number) => [
  { batch: 64, width: 16, leastColumns: 256, leastWeights: 0 },
  { batch: 1, width: 4 * chains, leastColumns: 8 * chains, leastWeights: 4096 },
];

/** Packs what pays, of the named buffers; a buffer that is read in two places stays as it is. `chains`: vectors of a single row. */
export function packWeights(
  kernels: readonly Kernel[],
  weights: ReadonlySet<LoopBuffer>,
  batch: number,
  chains: number,
): Packed {
  const { width, leastColumns, leastWeights } = layoutsFor(chains).find((layout) => batch >= layout.batch)!;
  const reads = kernels.flatMap((kernel) => loadsOf(kernel)).map((load) => load.buffer);
  const pays = ({ load, rows, columns }: Product): boolean =>
    columns >= leastColumns &&
    rows * columns >= leastWeights &&
    reads.filter((buffer) => buffer === load.buffer).length === 1;
  const chosen = kernels.map((kernel) => [productOf(kernel, weights)].find((product) => product && pays(product)));
  return {
    kernels: kernels.flatMap((kernel, at) => (chosen[at] ? inPanels(kernel, chosen[at], width) : [kernel])),
    panels: chosen.flatMap((product) =>
      product ? [{ buffer: product.load.buffer, rows: product.rows, columns: product.columns, width }] : [],
    ),
  };
}

/** The values of a matrix in the order of its panels. */
export function panelOrder(values: ArrayLike<number>, { rows, columns, width }: Panels): number[] {
  const packed: number[] = [];
  for (let start = 0; start < columns; start += width)
    for (let row = 0; row < rows; row++)
      for (let column = start; column < Math.min(columns, start + width); column++)
        packed.push(values[row * columns + column]!);
  return packed;
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
function productOf({ axes, stores }: Kernel, weights: ReadonlySet<LoopBuffer>): Product | undefined {
  const [row, column] = axes.slice(-2);
  if (row?.extent !== "n" || column === undefined || column.extent === "n") return undefined;
  const columns = column.extent * column.scale;
  const sum = stores.flatMap(({ value }) => subexpressions(value)).find((e) => e.kind === "reduce");
  const reduced = sum?.axes[0];
  if (sum === undefined || sum.more || sum.axes.length !== 1 || reduced === undefined || reduced.extent === "n")
    return undefined;
  const load = subexpressions(sum.body).find(
    (e): e is Load => e.kind === "load" && weights.has(e.buffer) && isMatrix(e.index, reduced, column, columns),
  );
  return load && { load, rows: reduced.extent * reduced.scale, columns };
}

const isMatrix = (index: Index, row: Axis, column: Axis, columns: number): boolean =>
  index.base === 0 &&
  index.dynamic === undefined &&
  index.terms.length === 2 &&
  strideOf(index, row.name) === columns &&
  strideOf(index, column.name) === 1;

function inPanels(kernel: Kernel, product: Product, width: number): Kernel[] {
  const { columns } = product;
  const full = columns - (columns % width);
  const parts = [
    ...(full > 0 ? [columnsOf(kernel, product, 0, width, full / width)] : []),
    ...(full < columns ? [columnsOf(kernel, product, full, columns - full, 1)] : []),
  ];
  return parts.map((part, i) => (parts.length > 1 ? { ...part, name: `${kernel.name}.${i}` } : part));
}

/** The kernel on `count` panels of `width` columns from `start` on. */
function columnsOf(kernel: Kernel, { load, rows }: Product, start: number, width: number, count: number): Kernel {
  const [row, column] = kernel.axes.slice(-2) as [Axis, Axis];
  const panels: Axis[] = count > 1 ? [{ name: `${column.name}p`, extent: count, scale: 1 }] : [];
  const terms = (stride: number) => panels.map((axis) => ({ axis: axis.name, stride }));
  const split = (index: Affine): Affine => {
    const stride = strideOf(index, column.name);
    return stride === 0 ? index : affine(index.base + stride * start, [...index.terms, ...terms(stride * width)]);
  };
  const reduced = load.index.terms.find(({ axis }) => axis !== column.name)!.axis;
  const packed = affine(start * rows, [
    ...terms(rows * width),
    { axis: reduced, stride: width },
    { axis: column.name, stride: 1 },
  ]);
  const rewrite = rewriter((e) => {
    if (e === load) return { ...load, index: packed };
    return e.kind === "load" || e.kind === "index" || e.kind === "uniform"
      ? { ...e, index: mapIndex(e.index, split) }
      : e;
  });
  return {
    ...kernel,
    axes: [...kernel.axes.slice(0, -2), ...panels, row, { name: column.name, extent: width, scale: 1 }],
    stores: kernel.stores.map((s) => ({ ...s, index: mapIndex(s.index, split), value: rewrite(s.value) })),
  };
}
