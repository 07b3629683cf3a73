/**
 * The text form of the loop IR; parse.ts reads it back.
 *
 *   func tail f32
 *     for j in down(10*n, 4)..10*n step 1
 *       store y[j]:1 = mul(load x[j]:1, 2)
 *
 *   function  = "func" NAME ("f32" | "f64") ["(" turn {"," turn} ")"] and its statements, two spaces deeper
 *   turn      = AXIS "<" INT ["backwards"]                the turns of a loop that calls the function
 *   statement = "for" AXIS "in" bound ".." bound "step" INT and its body, two spaces deeper
 *             | ("let" | "set") NAME "=" value
 *             | "store" BUFFER "[" affine "]" lanes "=" value
 *   bound     = INT | rows | "down(" rows "," INT ")"      down(2*n, 4) is 2*n rounded down to a multiple of 4
 *   rows      = "n" | INT "*n"
 *   value     = NUMBER | NAME | "rows" | "step"
 *             | "load" BUFFER "[" affine "]" lanes
 *             | "splat" BUFFER "[" affine "]"
 *             | "gather" BUFFER "[" affine "by" INT "]" lanes
 *             | "iota" "[" affine "by" INT "]"
 *             | "uniform" INT "[" affine "by" INT "]"      the INT before the bracket is the stream
 *             | "swap" INT "(" value ")"
 *             | OP "(" value {"," value} ")"
 *   affine    = {INT "*" AXIS | AXIS | INT | from}, joined by " + " and " - "
 *   from      = [INT "*"] BUFFER "[" affine "]"          of i32, once in an index of a load or store
 *   lanes     = ":" INT, left out for a full vector
 */
import { printNumber } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Bound, type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import type { Index, Repeat } from "./kernel.ts";

export const printFunctions = (functions: readonly LoopFunction[]): string => functions.map(printFunction).join("\n\n");

export function printFunction(fn: LoopFunction): string {
  const lines = [`func ${fn.name} ${fn.dtype}${printRepeats(fn.repeats)}`];
  const full = laneCount(fn.dtype);
  for (const stmt of fn.body) printStmt(stmt, full, "  ", lines);
  return lines.join("\n");
}

export const printRepeats = (repeats: readonly Repeat[] = []): string =>
  repeats.length === 0 ? "" : ` (${repeats.map(printRepeat).join(", ")})`;

const printRepeat = ({ axis, extent, backwards }: Repeat): string =>
  `${axis}<${extent}${backwards ? " backwards" : ""}`;

function printStmt(stmt: Stmt, full: number, indent: string, lines: string[]): void {
  switch (stmt.kind) {
    case "for":
      lines.push(`${indent}for ${stmt.axis} in ${printBound(stmt.from)}..${printBound(stmt.to)} step ${stmt.step}`);
      for (const inner of stmt.body) printStmt(inner, full, `${indent}  `, lines);
      return;
    case "store":
      lines.push(
        `${indent}store ${stmt.buffer.name}[${printAffine(stmt.index)}]${lanes(stmt.lanes, full)} = ${value(stmt.value, full)}`,
      );
      return;
    default:
      lines.push(`${indent}${stmt.kind} ${stmt.name} = ${value(stmt.value, full)}`);
  }
}

export const printValue = (expr: VExpr, fn: LoopFunction): string => value(expr, laneCount(fn.dtype));

function value(expr: VExpr, full: number): string {
  switch (expr.kind) {
    case "const":
      return printNumber(expr.value);
    case "local":
      return expr.name;
    case "rows":
    case "step":
      return expr.kind;
    case "load":
      return `load ${expr.buffer.name}[${printAffine(expr.index)}]${lanes(expr.lanes, full)}`;
    case "splat":
      return `splat ${expr.buffer.name}[${printAffine(expr.index)}]`;
    case "gather":
      return `gather ${expr.buffer.name}[${printAffine(expr.index)} by ${expr.stride}]${lanes(expr.lanes, full)}`;
    case "iota":
      return `iota[${printAffine(expr.index)} by ${expr.stride}]`;
    case "uniform":
      return `uniform ${expr.stream}[${printAffine(expr.index)} by ${expr.stride}]`;
    case "swap":
      return `swap ${expr.bit}(${value(expr.value, full)})`;
    case "op":
      return `${expr.op}(${expr.args.map((arg) => value(arg, full)).join(", ")})`;
  }
}

const lanes = (count: number, full: number): string => (count === full ? "" : `:${count}`);

export function printBound(bound: Bound): string {
  if (bound.kind === "const") return String(bound.value);
  const rows = bound.scale === 1 ? "n" : `${bound.scale}*n`;
  return bound.multipleOf === 1 ? rows : `down(${rows}, ${bound.multipleOf})`;
}

export function printAffine({ base, terms, dynamic }: Index, nameOf = ({ name }: LoopBuffer) => name): string {
  const parts = terms.map(({ axis, stride }) => scaled(axis, stride));
  if (dynamic) parts.unshift(scaled(`${nameOf(dynamic.buffer)}[${printAffine(dynamic.index)}]`, dynamic.stride));
  if (base !== 0 || parts.length === 0) parts.push(String(base));
  return parts.join(" + ").replaceAll(" + -", " - ");
}

const scaled = (what: string, stride: number): string =>
  stride === 1 ? what : stride === -1 ? `-${what}` : `${stride}*${what}`;
