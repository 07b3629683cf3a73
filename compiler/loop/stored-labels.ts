/**
 * Proves that what a function stores as i32 is an integer from 0 to below - 1 of its buffer, so that who reads it as a place
 * needs no check. Such values are chosen among indices and constants, or held between two of these: the proof walks back to all
 * that may arrive.
 *
 *   let place = int(0)
 *   for r in 0..10 step 1
 *     set place = i32.select(lt(v, load x[r]), iota[r by 0], place)      0 and 0 to 9
 *   store label[i] = place                                           refused where label's numbers are below 9
 */
import type { LoopFunction, Stmt, VExpr } from "./ir.ts";
import { laneCount } from "./ir.ts";
import { printAffine } from "./print.ts";
import { type AxisRange, axisRange, indexRange, type Range, turnsOf } from "./ranges.ts";

type Axes = ReadonlyMap<string, AxisRange>;
type Store = Stmt & { kind: "store" };

/** A value and the loops around it. */
interface Given {
  readonly value: VExpr;
  readonly axes: Axes;
}

/** What is wrong with the first store that the proof does not reach; undefined where all are proved. */
export function labelFault({ dtype, repeats = [], body }: LoopFunction, batch: number): string | undefined {
  const given = new Map<string, Given[]>();
  const stores: (Given & { readonly store: Store })[] = [];
  const collect = (statements: readonly Stmt[], axes: Axes): void => {
    for (const stmt of statements) {
      if (stmt.kind === "for") collect(stmt.body, new Map(axes).set(stmt.axis, axisRange(stmt, batch)));
      else if (stmt.kind !== "store")
        given.set(stmt.name, [...(given.get(stmt.name) ?? []), { value: stmt.value, axes }]);
      else if (stmt.buffer.dtype === "i32") stores.push({ store: stmt, value: stmt.value, axes });
    }
  };
  collect(body, new Map(repeats.map(({ axis, extent }) => [axis, axisRange(turnsOf(extent), batch)])));
  for (const { store, value, axes } of stores) {
    const { name, below } = store.buffer;
    if (below === undefined) return `nothing says below what the numbers in ${name} are`;
    const range = valuesOf({ value, axes }, store.lanes, given, laneCount(dtype));
    if (range === undefined) return `${name}[${printAffine(store.index)}] may get other than an index`;
    if (range.min < 0 || range.max >= below)
      return `${name}[${printAffine(store.index)}] gets ${range.min} to ${range.max}, expected 0 to ${below - 1}`;
  }
  return undefined;
}

/** The number that int(7) is in every lane. */
const integerOf = (value: VExpr): number | undefined =>
  value.kind === "op" && value.op === "int" && value.args[0]!.kind === "const" ? value.args[0].value : undefined;

/** From the least to the largest value that arrives in the first lanes; undefined where one is not known or no integer. */
function valuesOf(
  of: Given,
  lanes: number,
  given: ReadonlyMap<string, readonly Given[]>,
  full: number,
): Range | undefined {
  const seen = new Set<string>();
  let range: Range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  const extend = (min: number, max: number): boolean => {
    range = { min: Math.min(range.min, min), max: Math.max(range.max, max) };
    return Number.isInteger(min) && Number.isInteger(max);
  };
  const visit = ({ value, axes }: Given, count: number): boolean => {
    if ([...axes.values()].some(({ trips }) => trips.max === 0)) return true;
    switch (value.kind) {
      case "iota": {
        const { min, max } = indexRange(value.index, axes);
        const reach = value.stride * (count - 1);
        return extend(min + Math.min(0, reach), max + Math.max(0, reach));
      }
      case "swap":
        return visit({ value: value.value, axes }, full);
      case "local": {
        const key = `${value.name}:${count}`;
        if (seen.has(key)) return true;
        seen.add(key);
        return given.get(value.name)!.every((one) => visit(one, count));
      }
      case "op": {
        const known = integerOf(value);
        if (known !== undefined) return extend(known, known);
        const held = heldBetween(value);
        if (held !== undefined) return extend(held.min, held.max);
        const [mask, a, b] = value.args as [VExpr, VExpr, VExpr];
        return (
          value.op === "i32.select" &&
          visit({ value: a, axes }, Math.min(count, firstLanes(mask))) &&
          visit({ value: b, axes }, count)
        );
      }
      default:
        return false;
    }
  };
  /** i32.min(i32.max(x, int(0)), int(9)): 0 to 9, whatever x is. */
  const heldBetween = (value: VExpr & { kind: "op" }): Range | undefined => {
    if (value.op !== "i32.min") return undefined;
    const [inner, upper] = value.args as [VExpr, VExpr];
    const assigned = inner.kind === "local" ? given.get(inner.name)! : [{ value: inner }];
    const lower = assigned.length === 1 ? assigned[0]!.value : inner;
    const max = constantOf(upper);
    const min = lower.kind === "op" && lower.op === "i32.max" ? constantOf(lower.args[1]!) : undefined;
    return min !== undefined && max !== undefined && min <= max ? { min, max } : undefined;
  };
  const constantOf = (value: VExpr): number | undefined => {
    const assigned = value.kind === "local" ? given.get(value.name)! : [{ value }];
    return assigned.length === 1 ? integerOf(assigned[0]!.value) : undefined;
  };
  /** In how many lanes a mask may be set: lt(iota[0 by 1], 3) in three. */
  const firstLanes = (mask: VExpr): number => {
    const assigned = mask.kind === "local" ? given.get(mask.name)! : [{ value: mask }];
    const test = assigned.length === 1 ? assigned[0]!.value : mask;
    if (test.kind !== "op" || test.op !== "i32.lt") return full;
    const [lane, end] = test.args as [VExpr, VExpr];
    const isLane = lane.kind === "iota" && lane.stride === 1 && lane.index.base === 0 && lane.index.terms.length === 0;
    return isLane ? Math.min(full, integerOf(end) ?? full) : full;
  };
  return visit(of, lanes) ? range : undefined;
}
