/**
 * One more point for a partial result. What its accumulators become is computed before any of them changes:
 *
 *   let v2 = select(v1, load x[r0], acc0)
 *   let v3 = select(v1, iota[r0 by 1], acc1)
 *   set acc0 = v2
 *   set acc1 = v3
 */
import type { Block } from "./block.ts";
import type { VExpr } from "./ir.ts";
import { affine } from "./kernel.ts";
import { identityAt, type Monoid } from "./monoids.ts";

/** The accumulators of a partial result, by name. */
export type Chain = readonly string[];

export function takePoint(
  block: Block,
  chain: Chain,
  after: readonly VExpr[],
  fresh: (prefix: string) => string,
): void {
  const named = (value: VExpr): VExpr => {
    const name = fresh("v");
    block.add({ kind: "let", name, value: block.intern(value) });
    return { kind: "local", name };
  };
  const values = chain.length === 1 ? after : after.map(named);
  for (const [at, name] of chain.entries()) block.add({ kind: "set", name, value: block.intern(values[at]!) });
}

/** Lanes past the end must not count, whatever the body makes of their zeros. */
export function firstLanes(block: Block, monoid: Monoid, values: readonly VExpr[], lanes: number): readonly VExpr[] {
  const constant = (value: number): VExpr => block.intern({ kind: "const", value });
  const op = (name: string, ...args: VExpr[]): VExpr => block.intern({ kind: "op", op: name, args });
  const lane = block.intern({ kind: "iota", index: affine(0), stride: 1 });
  const counts = op("i32.lt", lane, op("int", constant(lanes)));
  return values.map((value, at) => {
    if (monoid.isAdditive && isZeroBeyond(value, lanes)) return value;
    const select = monoid.integers?.includes(at) ? "i32.select" : "select";
    return op(select, counts, value, identityAt(monoid, at, op, constant));
  });
}

/** Operations that make zeros, of either sign, of zeros. A sum that began with 0 is the same with -0 added. */
const zeroOfZeros = new Set(["float", "add", "sub", "mul", "neg", "abs", "sqrt", "min", "max", "pmin", "pmax"]);

/** Whether all lanes but the first are zeros: they read as that beyond a load, as in the dot product of what two loads give. */
function isZeroBeyond(value: VExpr, lanes: number): boolean {
  if (value.kind === "const") return value.value === 0;
  if (value.kind === "load" || value.kind === "gather") return value.lanes <= lanes;
  if (value.kind !== "op") return false;
  const [a, b] = value.args as [VExpr, VExpr];
  if (value.op === "mul" && isFiniteConstant(a)) return isZeroBeyond(b, lanes);
  if (value.op === "mul" && isFiniteConstant(b)) return isZeroBeyond(a, lanes);
  return zeroOfZeros.has(value.op) && value.args.every((arg) => isZeroBeyond(arg, lanes));
}

const isFiniteConstant = (value: VExpr): boolean => value.kind === "const" && Number.isFinite(value.value);
