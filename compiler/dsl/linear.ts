/** Linear algebra: the product of rows with a matrix that all of them share. */
import * as ops from "../ops/index.ts";
import { operate } from "./operate.ts";
import type { FitsProduct, Product, SameExtent, Shape } from "./shapes.ts";
import { hasRows, nodeOf, type Tensor } from "./tensor.ts";

export interface Matmul {
  <M extends number, K extends number, L extends number, N extends number>(
    a: Tensor<readonly [M, K], false>,
    b: Tensor<readonly [L, N], false> & SameExtent<K, L>,
  ): Tensor<[M, N], false>;
  <A extends Shape, B extends Shape, Rows extends boolean>(
    a: Tensor<A>,
    b: Tensor<B, Rows> & FitsProduct<A, B, Rows>,
  ): Tensor<Product<A, B, Rows>>;
}

/**
 * y[j] = sum over k of x[k] * w[k, j] for each row x, with w a parameter or computed from parameters: [K], [K, N] -> [N].
 * Of two matrices without rows: [M, K], [K, N] -> [M, N]. Of two matrices that each row has of its own, [M, K] and [K, N]:
 * the row's product, [M, N], and so for each of more leading axes, [L, M, K] and [L, K, N]. FLOPs: N (2 K - 1) for each row x.
 * Throws shape/inner-dims where the two K differ.
 */
export const matmul: Matmul = (a: unknown, b: unknown) =>
  operate<never>("matmul", a, (x) => {
    const y = nodeOf(b, "matmul");
    return x.type.dims.length > 2 && hasRows(y) ? ops.batchedMatmul(x, y) : ops.matmul(x, y);
  });
