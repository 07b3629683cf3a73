/**
 * What a kernel computes, without the names of the model: two layers of one shape have one signature.
 *
 *   kernel infer.0 [i0<n, i1<16]
 *     h[16*i0 + i1] = pmax(add(sum[r0<8](mul(x[8*i0 + r0], hidden.weight[16*r0 + i1])), hidden.bias[i1]), 0)
 *   ==>
 *   [i0<n, i1<16] a[16*i0 + i1] = pmax(add(sum[r0<8](mul(b[8*i0 + r0], c[16*r0 + i1])), d[i1]), 0)
 *
 * A value that is used twice is written once, `t0 = ...;`, so that the text is no longer than the kernel is large.
 */
import { numbering } from "../numbering.ts";
import type { LoopBuffer } from "./buffer.ts";
import { affine, type Expr, type Index, type Kernel } from "./kernel.ts";
import { printAffine } from "./print.ts";
import { printAssign, printAxis, printExpr } from "./print-kernel.ts";
import { partsOf, rewriter, subexpressions } from "./walk.ts";

export function signatureOf({ axes, stores }: Kernel): string {
  const letter = letters();
  const shared = usedTwice(stores.map(({ value }) => value));
  const lettered = (buffer: LoopBuffer): LoopBuffer => ({ ...buffer, name: letter(buffer) });
  const placed = (index: Index): Index =>
    index.dynamic ? { ...index, dynamic: { ...index.dynamic, buffer: lettered(index.dynamic.buffer) } } : index;
  const lines: string[] = [];
  const rewrite = rewriter((e, before) => {
    if (e.kind === "load") return { ...e, buffer: lettered(e.buffer), index: placed(e.index) };
    if (!shared.has(before)) return e;
    const name = `t${lines.length}`;
    lines.push(`${name} = ${printExpr(e)}`);
    return { kind: "load", buffer: { ...noBuffer, name }, index: affine(0) };
  });
  const results = stores.map((store) => {
    const target = `${letter(store.buffer)}[${printAffine(placed(store.index))}]`;
    return `${target} ${printAssign(store)} ${printExpr(rewrite(store.value))}`;
  });
  return `[${axes.map(printAxis).join(", ")}] ${[...lines, ...results].join("; ")}`;
}

/** Stands where a value that is used twice is read: its name alone is written. */
const noBuffer: Omit<LoopBuffer, "name"> = { dtype: "f32", elementCount: 0 };

/**
 * Names buffers in the order of their first use: a to z, then a.1, b.1 ..., which no value that is used twice is called. One
 * that is written in place keeps one name.
 */
function letters(): (buffer: LoopBuffer) => string {
  const numberOf = numbering<LoopBuffer>();
  return (buffer) => {
    const number = numberOf(buffer);
    const letter = String.fromCharCode(97 + (number % 26));
    return number < 26 ? letter : `${letter}.${Math.floor(number / 26)}`;
  };
}

/** Operations and reductions that several others, or several stores, take as an argument. */
function usedTwice(values: readonly Expr[]): Set<Expr> {
  const all = new Set(values.flatMap(subexpressions));
  const uses = new Map<Expr, number>();
  const count = (e: Expr): unknown => uses.set(e, (uses.get(e) ?? 0) + 1);
  values.forEach(count);
  for (const e of all) {
    partsOf(e).forEach(count);
  }
  return new Set([...all].filter((e) => (e.kind === "op" || e.kind === "reduce") && uses.get(e)! > 1));
}
