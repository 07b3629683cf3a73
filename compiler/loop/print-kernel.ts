/**
 * The text form of kernels; parse-kernel.ts reads it back.
 *
 *   kernel step.0 [i0<n, i1<128]
 *     step.h[128*i0 + i1] = pmax(add(sum[r0<784](mul(x[784*i0 + r0], w[128*r0 + i1])), b[i1]), 0)
 *
 *   kernel    = "kernel" NAME ["of" NEST] ["(" turn {"," turn} ")"] axes and its stores, two spaces deeper      NEST is left out where it is the NAME
 *   axes      = "[" [AXIS "<" [INT "*"] ("n" | INT) {"," ...}] "]"                  the INT before the star is the scale
 *   store     = BUFFER "[" affine "]" ("=" | "+=") value                           "+=" accumulates
 *   value     = NUMBER | "rows" | "step"
 *             | BUFFER "[" affine "]"
 *             | "index" "(" affine ")"
 *             | "uniform#" INT "(" affine ")"                                       the INT is the stream
 *             | reduction | reduction "." INT                                      one result of several
 *             | "where" "[" [INT "*"] AXIS "=" affine "," AXIS "<" INT "]" "(" value [";" value] ")"   otherwise 0
 *             | OP "(" value {"," value} ")"
 *
 *   reduction = MONOID part {part}                                                 part after part
 *   part      = axes "(" value {"," value} ")"                                     a value for each accumulator
 *
 * The affine index and the turns of loops around are those of loops (print.ts).
 */
import { printNumber } from "../graph/types.ts";
import type { Axis, Expr, Kernel, KernelStore } from "./kernel.ts";
import { printAffine, printRepeats } from "./print.ts";

export function printKernel(kernel: Kernel): string {
  const stores = kernel.stores.map(
    (s) => `  ${s.buffer.name}[${printAffine(s.index)}] ${printAssign(s)} ${printExpr(s.value)}`,
  );
  const of = kernel.nest.name === kernel.name ? "" : ` of ${kernel.nest.name}`;
  const turns = printRepeats(kernel.nest.repeats);
  return [`kernel ${kernel.name}${of}${turns} [${kernel.axes.map(printAxis).join(", ")}]`, ...stores].join("\n");
}

export const printAssign = ({ accumulates }: KernelStore): string => (accumulates ? "+=" : "=");

export const printAxis = ({ name, extent, scale }: Axis): string =>
  `${name}<${scale === 1 ? extent : `${scale}*${extent}`}`;

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "const":
      return printNumber(expr.value);
    case "load":
      return `${expr.buffer.name}[${printAffine(expr.index)}]`;
    case "index":
      return `index(${printAffine(expr.index)})`;
    case "rows":
    case "step":
      return expr.kind;
    case "uniform":
      return `uniform#${expr.stream}(${printAffine(expr.index)})`;
    case "op":
      return `${expr.op}(${expr.args.map(printExpr).join(", ")})`;
    case "where": {
      const place = expr.divisor === 1 ? expr.axis : `${expr.divisor}*${expr.axis}`;
      const values = [expr.body, ...(isZero(expr.otherwise) ? [] : [expr.otherwise])].map(printExpr).join("; ");
      return `where[${place} = ${printAffine(expr.index)}, ${expr.axis}<${expr.extent}](${values})`;
    }
    case "reduce": {
      const parts = [expr, ...(expr.more ?? [])].map(
        (p) => `[${p.axes.map(printAxis).join(", ")}](${printExpr(p.body)})`,
      );
      return `${expr.reduce}${parts.join("")}`;
    }
    case "tuple":
      return expr.parts.map(printExpr).join(", ");
    case "component":
      return `${printExpr(expr.of)}.${expr.at}`;
  }
}

const isZero = (expr: Expr): boolean => expr.kind === "const" && Object.is(expr.value, 0);
