/** Reads the text form of the loop IR (its grammar is in print.ts). For tests, and for pasting dumps into them. */
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Bound, type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import type { Index, Repeat } from "./kernel.ts";
import { type BufferScope, parseBuffer, parseElement, parseIndex } from "./parse-index.ts";
import { parseRepeats } from "./parse-repeats.ts";
import { type Line, linesOf, type Words } from "./words.ts";

/** What the words of a function mean: lanes of a full vector, and buffers by name. */
interface Scope extends BufferScope {
  readonly dtype: FloatType;
  readonly full: number;
}

/** Reads one function; throws SyntaxError with the line where the text breaks the grammar. */
export function parseFunction(text: string, buffers: Iterable<LoopBuffer> = []): LoopFunction {
  const functions = parseFunctions(text, buffers);
  if (functions.length !== 1) throw new SyntaxError(`expected one function, got ${functions.length}`);
  return functions[0]!;
}

/**
 * Reads functions one after the other. A name stands for the buffer given that is called so, else for one of its own, without
 * elements.
 */
export function parseFunctions(text: string, buffers: Iterable<LoopBuffer> = []): LoopFunction[] {
  const lines = linesOf(text);
  const functions: LoopFunction[] = [];
  const known = new Map(Array.from(buffers, (buffer) => [buffer.name, buffer]));
  while (lines.length > 0) functions.push(parseHead(lines, known, functions.at(-1)?.repeats));
  return functions;
}

function parseHead(lines: Line[], buffers: Map<string, LoopBuffer>, around?: readonly Repeat[]): LoopFunction {
  const { words } = lines.shift()!;
  words.expect("func");
  const name = words.name("a function's name");
  const dtype = words.oneOf<FloatType>("f32", "f64");
  const repeats = parseRepeats(words, around);
  words.end();
  const body = parseBody(lines, 1, { dtype, full: laneCount(dtype), buffers });
  return { name, dtype, ...(repeats.length > 0 && { repeats }), body };
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
    case "swap": {
      const bit = words.integer();
      words.expect("(");
      const value = parseValue(words, scope);
      words.expect(")");
      return { kind: "swap", bit, value };
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

function parseSeries(words: Words, scope: Scope): { index: Index; stride: number } {
  words.expect("[");
  const index = parseIndex(words, scope);
  words.expect("by");
  const stride = words.integer();
  words.expect("]");
  return { index, stride };
}

const parseLanes = (words: Words, { full }: Scope): number => (words.take(":") ? words.integer() : full);
