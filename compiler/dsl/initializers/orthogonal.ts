/**
 * Random orthogonal matrices, in products of matrices alone. Reflections H(j) = I - v(j) v(j)^T / s(j), each the one that
 * Householder's triangulation of a normal matrix would apply to its own column, give the Q of its QR (Stewart 1980). All at once
 * they are (Joffrin and Low 2006, "UT transform"; s(j) = |v(j)|^2 / 2)
 *
 *   H(1) H(2) ... H(c) = I - V S^-1 V^T      S = the part of V^T V above the diagonal, and s on it
 *
 * S = D (I + N) with N zero on and below the diagonal, so that N^c = 0, and
 *
 *   (I + N)^-1 = (I - N) (I + N^2) (I + N^4) ...      log2(c) factors, exactly
 */
import type { Node } from "../../graph/node.ts";
import type { FloatType } from "../../graph/types.ts";
import * as ops from "../../ops/index.ts";
import { callOf, requirePositive, requireThat } from "../settings.ts";
import { filled, gaussian, type Initializer } from "./initializer.ts";

/**
 * gain times a matrix drawn evenly from those with orthonormal columns, or rows where there are fewer; of [..., in, out]: the
 * axes before the last together are its rows, as in Keras. Saxe, McClelland and Ganguli 2014. init takes some 4 log2(c) c^3
 * FLOPs, c the smaller extent (0.1 s at 512), and 4 to 15 KB of the training module.
 * Throws attribute/range for a parameter with fewer than two axes.
 */
export function orthogonal(gain = 1): Initializer {
  const call = callOf("orthogonal");
  requirePositive(call, "gain", gain);
  return {
    name: "orthogonal",
    settings: call.settings,
    initial(dims, source) {
      const { dtype } = source;
      if (!requireThat(dims.length >= 2, call, "the parameter's shape", "two axes or more", `[${dims}]`)) {
        return filled(0, dims, dtype);
      }
      const columns = dims.at(-1)!;
      const rows = dims.slice(0, -1).reduce((p, d) => p * d, 1);
      const drawn = ops.reshape(gaussian(1, source), [rows, columns]);
      const q = rows < columns ? ops.transpose(orthonormalColumns(ops.transpose(drawn))) : orthonormalColumns(drawn);
      return ops.reshape(ops.mul(gain, q), dims);
    },
  };
}

/** The first c columns of H(1) ... H(c), each with the sign that makes R's diagonal positive; x is normal, [m, c], m >= c. */
function orthonormalColumns(x: Node): Node {
  const [m, c] = x.type.dims as [number, number];
  const dtype = x.type.dtype as FloatType;
  const column = ops.iota(c, dtype);
  const row = (count: number): Node => ops.reshape(ops.iota(count, dtype), [count, 1]);
  const onDiagonal = ops.eq(row(m), column);
  const perRow = (values: Node): Node => ops.reshape(values, [c, 1]);

  const sign = ops.select(ops.lt(x, 0), ops.scalar(-1, dtype), 1);
  const kept = ops.select(ops.ge(row(m), column), x, 0);
  const length = ops.sqrt(ops.sum(ops.mul(kept, kept), [0]));
  const v = ops.select(onDiagonal, ops.add(x, ops.mul(sign, length)), kept);
  const half = ops.mul(0.5, ops.sum(ops.mul(v, v), [0]));
  // A column of zeros, drawn once in 2^24 where only one element is left, reflects nothing.
  const s = perRow(ops.select(ops.gt(half, 0), half, 1));
  const gram = ops.matmul(ops.transpose(v), v);
  const nilpotent = ops.select(ops.gt(column, row(c)), ops.div(gram, s), 0);

  const first = ops.select(onDiagonal, ops.scalar(1, dtype), 0);
  const top = m === c ? ops.transpose(v) : ops.matmul(ops.transpose(v), first);
  const reflected = ops.sub(first, ops.matmul(v, solve(nilpotent, ops.div(top, s), c)));
  const turned = ops.neg(ops.sum(ops.select(onDiagonal, sign, 0), [0]));
  return polished(ops.mul(reflected, turned));
}

/**
 * q (3 I - q^T q) / 2: squares what f32's rounding has left of q^T q - I, some 3e-4 at 512 columns. Bjorck and Bowie 1971.
 */
function polished(q: Node): Node {
  const excess = ops.matmul(ops.transpose(q), q);
  return ops.sub(ops.mul(1.5, q), ops.mul(0.5, ops.matmul(q, excess)));
}

/** (I + N)^-1 b, for N with zeros on and below the diagonal. */
function solve(n: Node, b: Node, size: number): Node {
  if (size === 1) return b;
  let power = n;
  let result = ops.sub(b, ops.matmul(n, b));
  for (let exponent = 2; exponent < size; exponent *= 2) {
    power = ops.matmul(power, power);
    result = ops.add(result, ops.matmul(power, result));
  }
  return result;
}
