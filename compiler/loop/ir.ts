/**
 * The loop IR says HOW: counted loops over blocks and lanes, with named vector locals. It is what tile choice and
 * vectorisation leave, and all that the Wasm emitter reads.
 *
 *   func dense_relu f32
 *     for i in 0..n step 1
 *       for j in 0..128 step 4
 *         let acc = 0
 *         for k in 0..784 step 1
 *           set acc = add(acc, mul(splat x[784*i + k], load w[128*k + j]))
 *         store h[128*i + j] = pmax(add(acc, load b[j]), 0)
 *
 * Laws:
 * 1. Every value has a lane type: the function's float type (f32: 4 lanes, f64: 2), i32 in as many lanes, or a mask of them. No
 *    operation mixes them but a cast: float(i32), int(float).
 * 2. A loop runs from `from` to `to` (exclusive) by `step`; its bounds are known at entry, so every loop ends.
 * 3. A load or store of `lanes` fewer than a vector touches just those elements; the other lanes read as 0.
 * 4. `lanes` consecutive elements of the buffer's own type are read or written from `index` (in elements) on; what is written as
 *    i32 is from 0 to below - 1 of its buffer.
 * 5. Nothing is reordered: a sum is added up in the order written.
 * 6. An index may have one term from memory, a stride times an element of a buffer of i32 whose range is known.
 * 7. The turns of the loops that call a function are axes of its indices, fixed while it runs: `func f f32 (t<5)`.
 */
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import type { Affine, Index, Repeat } from "./kernel.ts";

export interface LoopFunction {
  readonly name: string;
  readonly dtype: FloatType;
  /** The loops that call it, outermost first; their turns are its parameters. */
  readonly repeats?: readonly Repeat[];
  readonly body: readonly Stmt[];
}

export type Stmt =
  | {
      readonly kind: "for";
      readonly axis: string;
      readonly from: Bound;
      readonly to: Bound;
      readonly step: number;
      readonly body: readonly Stmt[];
    }
  /** Declares a local; its scope is the rest of the function, its name is unique in it. */
  | { readonly kind: "let"; readonly name: string; readonly value: VExpr }
  /** Gives a declared local a new value: accumulators. */
  | { readonly kind: "set"; readonly name: string; readonly value: VExpr }
  | {
      readonly kind: "store";
      readonly buffer: LoopBuffer;
      readonly index: Index;
      readonly lanes: number;
      readonly value: VExpr;
    };

/** A loop bound: a constant, or n (times `scale`, for flattened axes) rounded down to a multiple of `multipleOf`. */
export type Bound =
  | { readonly kind: "const"; readonly value: number }
  | { readonly kind: "rows"; readonly scale: number; readonly multipleOf: number };

/** Vector expressions. */
export type VExpr =
  | { readonly kind: "const"; readonly value: number }
  | { readonly kind: "local"; readonly name: string }
  /** `lanes` consecutive elements; further lanes are 0. */
  | { readonly kind: "load"; readonly buffer: LoopBuffer; readonly index: Index; readonly lanes: number }
  /** One element in every lane. */
  | { readonly kind: "splat"; readonly buffer: LoopBuffer; readonly index: Index }
  /** Elements `stride` apart, one a lane: lane l is element index + l * stride. */
  | {
      readonly kind: "gather";
      readonly buffer: LoopBuffer;
      readonly index: Index;
      readonly stride: number;
      readonly lanes: number;
    }
  /** Lane l is the i32 index + l * stride. */
  | { readonly kind: "iota"; readonly index: Affine; readonly stride: number }
  /** The number of rows of this call in every lane. */
  | { readonly kind: "rows" }
  /** The number of steps begun since init in every lane. */
  | { readonly kind: "step" }
  /** Lane l is the uniform number of counter index + l (stride 1), or of index in every lane (stride 0). */
  | { readonly kind: "uniform"; readonly stream: number; readonly index: Affine; readonly stride: number }
  /** A lane operation; see `laneOps` for those of Wasm, the rest are helpers of runtime/wasm. */
  | { readonly kind: "op"; readonly op: string; readonly args: readonly VExpr[] }
  /** Lane l is lane l with one bit flipped: 1 swaps neighbours, 2 swaps halves. A value joined with it is joined across lanes. */
  | { readonly kind: "swap"; readonly bit: number; readonly value: VExpr };

export const laneCount = (dtype: FloatType): number => (dtype === "f32" ? 4 : 2);

/** v: floats, i: i32, m: a mask. */
export type LaneType = "v" | "i" | "m";

/** The lane type of what a buffer holds. */
export const laneTypeOf = ({ dtype }: LoopBuffer): LaneType => (dtype === "i32" ? "i" : "v");

/** The lane type of a value, given those of locals. */
export function typeOfValue(expr: VExpr, typeOfLocal: (name: string) => LaneType): LaneType {
  switch (expr.kind) {
    case "local":
      return typeOfLocal(expr.name);
    case "load":
    case "splat":
    case "gather":
      return laneTypeOf(expr.buffer);
    case "iota":
      return "i";
    case "swap":
      return typeOfValue(expr.value, typeOfLocal);
    case "op":
      return laneOps[expr.op]?.result ?? "v";
    default:
      return "v";
  }
}

/**
 * Lane operations that are Wasm instructions, with the lane types of their arguments and result.
 * pmin(a, b) = b < a ? b : a and pmax(a, b) = a < b ? b : a, as Wasm has them; min and max propagate NaN and order -0 < 0.
 */
export const laneOps: Readonly<Record<string, { readonly args: string; readonly result: LaneType }>> = {
  neg: { args: "v", result: "v" },
  abs: { args: "v", result: "v" },
  sqrt: { args: "v", result: "v" },
  floor: { args: "v", result: "v" },
  ceil: { args: "v", result: "v" },
  trunc: { args: "v", result: "v" },
  nearest: { args: "v", result: "v" },
  add: { args: "vv", result: "v" },
  sub: { args: "vv", result: "v" },
  mul: { args: "vv", result: "v" },
  div: { args: "vv", result: "v" },
  min: { args: "vv", result: "v" },
  max: { args: "vv", result: "v" },
  pmin: { args: "vv", result: "v" },
  pmax: { args: "vv", result: "v" },
  eq: { args: "vv", result: "m" },
  ne: { args: "vv", result: "m" },
  lt: { args: "vv", result: "m" },
  le: { args: "vv", result: "m" },
  gt: { args: "vv", result: "m" },
  ge: { args: "vv", result: "m" },
  and: { args: "mm", result: "m" },
  or: { args: "mm", result: "m" },
  not: { args: "m", result: "m" },
  /** select(mask, a, b): a where the mask is set. */
  select: { args: "mvv", result: "v" },
  /** madd(a, b, c) = a * b + c, rounded once or twice, as the engine has it: in relaxed modules only. */
  madd: { args: "vvv", result: "v" },
  /** Rounded once, to the nearest. */
  float: { args: "i", result: "v" },
  /** Towards zero; what is beyond i32 its nearest end, NaN 0. */
  int: { args: "v", result: "i" },
  "i32.add": { args: "ii", result: "i" },
  "i32.sub": { args: "ii", result: "i" },
  "i32.mul": { args: "ii", result: "i" },
  "i32.min": { args: "ii", result: "i" },
  "i32.max": { args: "ii", result: "i" },
  "i32.eq": { args: "ii", result: "m" },
  "i32.ne": { args: "ii", result: "m" },
  "i32.lt": { args: "ii", result: "m" },
  "i32.le": { args: "ii", result: "m" },
  "i32.gt": { args: "ii", result: "m" },
  "i32.ge": { args: "ii", result: "m" },
  "i32.select": { args: "mii", result: "i" },
};

/** Lane operations done by the AssemblyScript helpers of runtime/wasm: `exp` is `exp_f32x4` or `exp_f64x2` there. */
export const helperOps: Readonly<Record<string, number>> = {
  exp: 1,
  log: 1,
  expm1: 1,
  log1p: 1,
  tanh: 1,
  sigmoid: 1,
  softplus: 1,
  erf: 1,
  sin: 1,
  cos: 1,
  pow: 2,
};

/** What an operation takes and gives, by its name; undefined for one that there is not. */
export function signatureOf(op: string): { readonly args: string; readonly result: LaneType } | undefined {
  if (Object.hasOwn(laneOps, op)) return laneOps[op];
  return Object.hasOwn(helperOps, op) ? { args: "v".repeat(helperOps[op]!), result: "v" } : undefined;
}
