/**
 * Chooses what lies in panels of columns, so that the tile of a product reads its right operand as it lies.
 *
 *   matmul x w, w: [21,512]     w: f32[21,512] in panels of 16     [i1p<32, i0<n, i1<16]  w[336*i1p + 16*r0 + i1]
 *
 * Without, the columns of a tile lie 2 KiB apart from row to row: such lines share two sets of the L1 cache and drive each
 * other out, and of a line read for one tile the next uses the rest. Columns left over are a panel of their own, and a kernel.
 * The order of a sum is the same, and so is every bit.
 *
 * Weights of inference are known at build and read by nobody else, so that they lie in panels from the start. What training
 * reads often enough is copied once a step.
 */
import { type Graph, isState, mapNodes, nodesOf, roots, usersOf } from "../graph/graph.ts";
import { type Node, onInputs } from "../graph/node.ts";
import { withOrigin } from "../graph/origin.ts";
import { elementCount } from "../graph/types.ts";
import { pureAxis } from "../ops/contraction/maps.ts";
import { copy, copyOp, mapsOf } from "../ops/index.ts";

export interface PanelOptions {
  readonly batch: number;
  /** States whose values are known at build and read by this graph only: where their elements lie is free. */
  readonly weights: ReadonlySet<Node>;
  /** Vectors of a single row side by side. */
  readonly chains: number;
}

/** A product of `rows` x `sum` by `sum` x `columns` at the full batch. */
interface Product {
  readonly rows: number;
  readonly sum: number;
  readonly columns: number;
}

/**
 * 16 columns are a cache line of f32, two 4 x 8 tiles; fewer than 256 stay in L1 as they lie. 24 (32 in a relaxed module) are the
 * chains of a single row (see same-bits.ts): one row of 784-128-64-10 takes 17 % less time on Node 20 and 8 % on Node 26, of
 * the autoencoder 24 % and 20 %; 32 rows take the same. A smaller matrix is in L1 anyhow.
 */
const layoutsFor = (chains: number) => [
  { rows: 64, width: 16, leastColumns: 256, leastWeights: 0 },
  { rows: 1, width: 4 * chains, leastColumns: 8 * chains, leastWeights: 4096 },
];

/**
 * When a copy pays. A 3 x 3 convolution from 256 to 256 channels over 8 x 8 x 8 places takes 0.4 of the time so, since the lines
 * that one tile reads, one for each point of the sum, are more than L1 has.
 */
const copied = { rows: 512, sum: 512 };

/** The graph with `panels` for those operands that pay; one that is read in two places stays as it is. */
export function choosePanels(graph: Graph, { batch, weights, chains }: PanelOptions): Graph {
  const users = usersOf(nodesOf(graph));
  const leaving = new Set(roots(graph));
  const panels = new Map<Node, number>();
  const copies = new Map<Node, Node>();
  const copyOf = (operand: Node, reader: Node): Node => {
    const made = copies.get(operand) ?? withOrigin(reader.origin, () => copy(operand));
    copies.set(operand, made);
    return made;
  };
  const isFree = (operand: Node): boolean =>
    !leaving.has(operand) &&
    users.get(operand)!.length === 1 &&
    (operand.op === copyOp || (isState(operand) && weights.has(operand)));
  const result = mapNodes(graph, (node, inputs) => {
    const product = productOf(node, batch);
    const width = product && widthFor(product, chains);
    const [left, right] = inputs;
    const isMovable = isFree(node.inputs[1] ?? node);
    if (width === undefined || (!isMovable && !(product!.rows >= copied.rows && product!.sum >= copied.sum)))
      return onInputs(node, inputs);
    const moved = isMovable ? right! : copyOf(right!, node);
    panels.set(moved, width);
    return onInputs(node, [left!, moved]);
  });
  return panels.size === 0 ? graph : { ...result, panels };
}

function widthFor({ rows, sum, columns }: Product, chains: number): number | undefined {
  const { width, leastColumns, leastWeights } = layoutsFor(chains).find((layout) => rows >= layout.rows)!;
  return columns >= leastColumns && sum * columns >= leastWeights ? width : undefined;
}

/** A node that is a product over rows, with the last axis of its right operand for columns, and sums over all others. */
function productOf(node: Node, batch: number): Product | undefined {
  const [, right] = node.inputs;
  if (node.op.kind !== "contraction" || node.type.dims[0] !== "n" || right!.type.dims.includes("n")) return undefined;
  const { b, y } = mapsOf(node);
  const kept = y.flatMap(({ terms }) => terms.map(({ axis }) => axis));
  const isSummed = (axis: string | undefined): boolean => axis !== undefined && !kept.includes(axis);
  const [column, ...summed] = b.map(pureAxis).toReversed();
  if (column === undefined || pureAxis(y.at(-1)!) !== column || summed.length === 0 || !summed.every(isSummed))
    return undefined;
  const columns = right!.type.dims.at(-1) as number;
  return {
    rows: elementCount(node.type.dims, batch) / columns,
    sum: elementCount(right!.type.dims, batch) / columns,
    columns,
  };
}
