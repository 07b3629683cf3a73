/** Reads the text form of the loop IR (its grammar is in print.ts). For tests, and for pasting dumps into them. */
import type { DType, FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Bound, type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import { affine, type Dynamic, type Index, type Reduce, type Term } from "./kernel.ts";
import { Words } from "./words.ts";

interface Line {
  readonly depth: number;
  readonly words: Words;
}

/** What the words of a function mean: lanes of a full vector, and buffers by name. */
interface Scope {
  readonly dtype: FloatType;
  readonly full: number;
  readonly buffers: Map<string, LoopBuffer>;
}

/** Reads one function; throws SyntaxError with the line where the text breaks the grammar. */
export function parseFunction(text: string, buffers: Iterable<LoopBuffer> = []): LoopFunction {
  const functions = parseFunctions(text, buffers);
  if (functions.length !== 1) throw new SyntaxError(`expected one function, got ${functions.length}`);
  return functions[0]!;
}

/**
 * Reads functions one after the other. "#" begins a comment; the indent of the first line may be any. A name stands for the
 * buffer given that is called so, else for one of its own, without elements.
 */
export function parseFunctions(text: string, buffers: Iterable<LoopBuffer> = []): LoopFunction[] {
  const rows = text
    .split("\n")
    .map((row) => row.replace(/#.*$/, "").trimEnd())
    .filter((row) => row !== "");
  const margin = Math.min(...rows.map(indentOf));
  const lines = rows.map((row): Line => ({ depth: (indentOf(row) - margin) / 2, words: new Words(row.trim()) }));
  const functions: LoopFunction[] = [];
  const known = new Map(Array.from(buffers, (buffer) => [buffer.name, buffer]));
  while (lines.length > 0) functions.push(parseHead(lines, known));
  return functions;
}

const indentOf = (row: string): number => row.length - row.trimStart().length;

function parseHead(lines: Line[], buffers: Map<string, LoopBuffer>): LoopFunction {
  const { words } = lines.shift()!;
  words.expect("func");
  const name = words.name("a function's name");
  const dtype = words.oneOf<FloatType>("f32", "f64");
  words.end();
  return { name, dtype, body: parseBody(lines, 1, { dtype, full: laneCount(dtype), buffers }) };
}

function parseBody(lines: Line[], depth: number, scope: Scope): Stmt[] {
  const body: Stmt[] = [];
  while (lines.length > 0 && lines[0]!.depth >= depth) {
    const line = lines.shift()!;
    if (line.depth !== depth) throw line.words.error(`an indent of ${2 * depth} spaces`);
    body.push(parseStmt(line.words, lines, depth, scope));
  }
  return body;
}

function parseStmt(words: Words, lines: Line[], depth: number, scope: Scope): Stmt {
  const kind = words.oneOf("for", "let", "set", "store");
  if (kind === "for") {
    const axis = words.name("an axis");
    words.expect("in");
    const from = parseBound(words);
    words.expect("..");
    const to = parseBound(words);
    words.expect("step");
    const step = words.integer();
    words.end();
    return { kind, axis, from, to, step, body: parseBody(lines, depth + 1, scope) };
  }
  if (kind === "store") {
    const { buffer, index } = parseElement(words, scope);
    const lanes = parseLanes(words, scope);
    return { kind, buffer, index, lanes, value: parseAssigned(words, scope) };
  }
  const name = words.name("a local");
  return { kind, name, value: parseAssigned(words, scope) };
}

function parseAssigned(words: Words, scope: Scope): VExpr {
  words.expect("=");
  const value = parseValue(words, scope);
  words.end();
  return value;
}

function parseBound(words: Words): Bound {
  if (words.take("down")) {
    words.expect("(");
    const scale = parseRows(words);
    words.expect(",");
    const multipleOf = words.integer();
    words.expect(")");
    return { kind: "rows", scale, multipleOf };
  }
  if (words.isNumber() && !words.follows("*")) return { kind: "const", value: words.integer() };
  return { kind: "rows", scale: parseRows(words), multipleOf: 1 };
}

function parseRows(words: Words): number {
  let scale = 1;
  if (words.isNumber()) {
    scale = words.integer();
    words.expect("*");
  }
  words.expect("n");
  return scale;
}

function parseValue(words: Words, scope: Scope): VExpr {
  if (words.isNumber()) return { kind: "const", value: words.number() };
  const word = words.name("a value");
  switch (word) {
    case "rows":
    case "step":
      return { kind: word };
    case "load":
      return { kind: "load", ...parseElement(words, scope), lanes: parseLanes(words, scope) };
    case "splat":
      return { kind: "splat", ...parseElement(words, scope) };
    case "gather":
      return {
        kind: "gather",
        buffer: parseBuffer(words, scope),
        ...parseSeries(words, scope),
        lanes: parseLanes(words, scope),
      };
    case "iota":
      return { kind: "iota", ...parseSeries(words, scope) };
    case "uniform":
      return { kind: "uniform", stream: words.integer(), ...parseSeries(words, scope) };
    case "across": {
      const reduce = words.oneOf<Reduce>("sum", "max");
      words.expect("(");
      const value = parseValue(words, scope);
      words.expect(")");
      return { kind: "across", reduce, lanes: parseLanes(words, scope), value };
    }
    default:
      return words.take("(")
        ? { kind: "op", op: word, args: parseArguments(words, scope) }
        : { kind: "local", name: word };
  }
}

function parseArguments(words: Words, scope: Scope): VExpr[] {
  const args: VExpr[] = [];
  do args.push(parseValue(words, scope));
  while (words.take(","));
  words.expect(")");
  return args;
}

function parseBuffer(words: Words, { dtype, buffers }: Pick<Scope, "buffers"> & { dtype: DType }): LoopBuffer {
  const name = words.name("a buffer");
  const buffer = buffers.get(name) ?? { name, dtype, elementCount: 0 };
  buffers.set(name, buffer);
  return buffer;
}

function parseElement(words: Words, scope: Scope): { buffer: LoopBuffer; index: Index } {
  const buffer = parseBuffer(words, scope);
  words.expect("[");
  const index = parseIndex(words, scope);
  words.expect("]");
  return { buffer, index };
}

function parseSeries(words: Words, scope: Scope): { index: Index; stride: number } {
  words.expect("[");
  const index = parseIndex(words, scope);
  words.expect("by");
  const stride = words.integer();
  words.expect("]");
  return { index, stride };
}

const parseLanes = (words: Words, { full }: Scope): number => (words.take(":") ? words.integer() : full);

function parseIndex(words: Words, scope: Scope): Index {
  const terms: Term[] = [];
  let base = 0;
  let dynamic: Dynamic | undefined;
  let sign = words.take("-") ? -1 : 1;
  for (;;) {
    const factor = words.isNumber() ? words.integer() : undefined;
    if (factor !== undefined && !words.take("*")) base += sign * factor;
    else if (dynamic === undefined && words.follows("[")) dynamic = parseDynamic(words, sign * (factor ?? 1), scope);
    else terms.push({ axis: words.name("an axis"), stride: sign * (factor ?? 1) });
    if (words.take("+")) sign = 1;
    else if (words.take("-")) sign = -1;
    else return { ...affine(base, terms), ...(dynamic && { dynamic }) };
  }
}

/** What memory says, stride times. */
function parseDynamic(words: Words, stride: number, scope: Scope): Dynamic {
  const buffer = parseBuffer(words, { ...scope, dtype: "i32" });
  words.expect("[");
  const index = parseIndex(words, scope);
  words.expect("]");
  return { stride, buffer, index };
}
