/**
 * Which AssemblyScript helpers a kernel calls, and their compiled module. It is read only where one is called.
 *
 *   store y[j] = exp(load x[j])  in f32    ->    exp_f32x4
 */
import { existsSync, readFileSync } from "node:fs";
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { helperOps, type LoopFunction, type Stmt, type VExpr } from "../loop/ir.ts";

/** Built by `npm run build:helpers`; the same relative place in the sources and in dist. */
const path = new URL("../../runtime/wasm/build/helpers.wasm", import.meta.url);

let bytes: Uint8Array | undefined;

export function readHelpers(): Uint8Array {
  if (!existsSync(path)) throw internalError(`${path.pathname} is missing; make it with "npm run build:helpers"`);
  bytes ??= readFileSync(path);
  return bytes;
}

export const helperName = (op: string, dtype: FloatType): string => `${op}_${dtype === "f32" ? "f32x4" : "f64x2"}`;

/** The names of the helpers that these functions call. */
export function helpersOf(functions: readonly LoopFunction[]): Set<string> {
  const names = new Set<string>();
  for (const { dtype, body } of functions) {
    for (const expr of valuesOf(body).flatMap(withInner)) {
      if (expr.kind === "uniform") names.add(helperName("uniform", dtype));
      if (expr.kind === "op" && Object.hasOwn(helperOps, expr.op)) names.add(helperName(expr.op, dtype));
    }
  }
  return names;
}

const valuesOf = (body: readonly Stmt[]): VExpr[] =>
  body.flatMap((stmt) => (stmt.kind === "for" ? valuesOf(stmt.body) : [stmt.value]));

function withInner(expr: VExpr): VExpr[] {
  if (expr.kind === "op") return [expr, ...expr.args.flatMap(withInner)];
  return expr.kind === "swap" ? [expr, ...withInner(expr.value)] : [expr];
}
