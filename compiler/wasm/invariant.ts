/**
 * Loads whose index stays put in an innermost loop happen before it; V8 moves none. A row's mean or a learning rate is then
 * read once a row, and integers among them are converted once: the adjoint of layer norm takes 0.6 of the time.
 *
 *   for j in 0..128 step 4                             let v = splat s[i]
 *     store y[j] = mul(load x[j], splat s[i])    ->    for j in 0..128 step 4
 *                                                        store y[j] = mul(load x[j], v)
 *
 * Not from bytes that the loop writes. Values updated in place have two buffers, so places are compared. A load that moves is
 * inside its buffer even where the loop runs zero times: verify.ts bounds it over the loops around.
 */
import { bytesPerElement } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { Stmt, VExpr } from "../loop/ir.ts";
import { movesAlong } from "../loop/kernel.ts";
import { printAffine } from "../loop/print.ts";
import { numbering } from "../numbering.ts";

type For = Stmt & { kind: "for" };
type Load = VExpr & { kind: "load" | "splat" | "gather" };

/** Statements to run before an innermost loop, and its body without what they compute. */
export function splitInvariant(loop: For, offsetOf: (buffer: LoopBuffer) => number): { before: Stmt[]; body: Stmt[] } {
  const rangeOf = (buffer: LoopBuffer): Range => {
    const start = offsetOf(buffer);
    return { start, end: start + buffer.elementCount * bytesPerElement(buffer.dtype) };
  };
  const numberOf = numbering<LoopBuffer>();
  const written = loop.body.flatMap((stmt) => (stmt.kind === "store" ? [rangeOf(stmt.buffer)] : []));
  const names = new Map<string, string>();
  const before: Stmt[] = [];
  const moved = (load: Load): VExpr => {
    const key = JSON.stringify({
      ...load,
      buffer: numberOf(load.buffer),
      index: printAffine(load.index, (b) => `${numberOf(b)}`),
    });
    // No local of the loop IR has a space in its name.
    const name = names.get(key) ?? `before ${loop.axis} ${names.size}`;
    if (!names.has(key)) before.push({ kind: "let", name, value: load });
    names.set(key, name);
    return { kind: "local", name };
  };
  const visit = (value: VExpr): VExpr => {
    if (value.kind === "op") return { ...value, args: value.args.map(visit) };
    if (value.kind === "swap") return { ...value, value: visit(value.value) };
    if (value.kind !== "load" && value.kind !== "splat" && value.kind !== "gather") return value;
    return movesAlong(value.index, loop.axis) || written.some((place) => overlap(place, rangeOf(value.buffer)))
      ? value
      : moved(value);
  };
  const body = loop.body.map((stmt) => (stmt.kind === "for" ? stmt : { ...stmt, value: visit(stmt.value) }));
  return { before, body };
}

/** Bytes of the memory. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const overlap = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;
