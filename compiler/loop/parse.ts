/** Reads the text form of the loop IR (its grammar is in print.ts). For tests, and for pasting dumps into them. */
import type { FloatType } from "../graph/types.ts";
import { type Bound, type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import { type Affine, affine, type Reduce, type Term } from "./kernel.ts";
import { Words } from "./words.ts";

interface Line {
  readonly depth: number;
  readonly words: Words;
}

/** Reads one function; throws SyntaxError with the line where the text breaks the grammar. */
export function parseFunction(text: string): LoopFunction {
  const functions = parseFunctions(text);
  if (functions.length !== 1) throw new SyntaxError(`expected one function, got ${functions.length}`);
  return functions[0]!;
}

/** Reads functions one after the other. "#" begins a comment; the indent of the first line may be any. */
export function parseFunctions(text: string): LoopFunction[] {
  const rows = text
    .split("\n")
    .map((row) => row.replace(/#.*$/, "").trimEnd())
    .filter((row) => row !== "");
  const margin = Math.min(...rows.map(indentOf));
  const lines = rows.map((row): Line => ({ depth: (indentOf(row) - margin) / 2, words: new Words(row.trim()) }));
  const functions: LoopFunction[] = [];
  while (lines.length > 0) functions.push(parseHead(lines));
  return functions;
}

const indentOf = (row: string): number => row.length - row.trimStart().length;

function parseHead(lines: Line[]): LoopFunction {
  const { words } = lines.shift()!;
  words.expect("func");
  const name = words.name("a function's name");
  const dtype = words.oneOf<FloatType>("f32", "f64");
  words.end();
  return { name, dtype, body: parseBody(lines, 1, laneCount(dtype)) };
}

function parseBody(lines: Line[], depth: number, full: number): Stmt[] {
  const body: Stmt[] = [];
  while (lines.length > 0 && lines[0]!.depth >= depth) {
    const line = lines.shift()!;
    if (line.depth !== depth) throw line.words.error(`an indent of ${2 * depth} spaces`);
    body.push(parseStmt(line.words, lines, depth, full));
  }
  return body;
}

function parseStmt(words: Words, lines: Line[], depth: number, full: number): Stmt {
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
    return { kind, axis, from, to, step, body: parseBody(lines, depth + 1, full) };
  }
  if (kind === "store") {
    const { buffer, index } = parseElement(words);
    const lanes = parseLanes(words, full);
    return { kind, buffer, index, lanes, value: parseAssigned(words, full) };
  }
  const name = words.name("a local");
  return { kind, name, value: parseAssigned(words, full) };
}

function parseAssigned(words: Words, full: number): VExpr {
  words.expect("=");
  const value = parseValue(words, full);
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

function parseValue(words: Words, full: number): VExpr {
  if (words.isNumber()) return { kind: "const", value: words.number() };
  const word = words.name("a value");
  switch (word) {
    case "rows":
    case "step":
      return { kind: word };
    case "load":
      return { kind: "load", ...parseElement(words), lanes: parseLanes(words, full) };
    case "splat":
      return { kind: "splat", ...parseElement(words) };
    case "gather":
      return { kind: "gather", buffer: words.name("a buffer"), ...parseSeries(words), lanes: parseLanes(words, full) };
    case "iota":
      return { kind: "iota", ...parseSeries(words) };
    case "uniform":
      return { kind: "uniform", stream: words.integer(), ...parseSeries(words) };
    case "across": {
      const reduce = words.oneOf<Reduce>("sum", "max");
      words.expect("(");
      const value = parseValue(words, full);
      words.expect(")");
      return { kind: "across", reduce, lanes: parseLanes(words, full), value };
    }
    default:
      return words.take("(")
        ? { kind: "op", op: word, args: parseArguments(words, full) }
        : { kind: "local", name: word };
  }
}

function parseArguments(words: Words, full: number): VExpr[] {
  const args: VExpr[] = [];
  do args.push(parseValue(words, full));
  while (words.take(","));
  words.expect(")");
  return args;
}

function parseElement(words: Words): { buffer: string; index: Affine } {
  const buffer = words.name("a buffer");
  words.expect("[");
  const index = parseAffine(words);
  words.expect("]");
  return { buffer, index };
}

function parseSeries(words: Words): { index: Affine; stride: number } {
  words.expect("[");
  const index = parseAffine(words);
  words.expect("by");
  const stride = words.integer();
  words.expect("]");
  return { index, stride };
}

const parseLanes = (words: Words, full: number): number => (words.take(":") ? words.integer() : full);

function parseAffine(words: Words): Affine {
  const terms: Term[] = [];
  let base = 0;
  let sign = words.take("-") ? -1 : 1;
  for (;;) {
    const factor = words.isNumber() ? words.integer() : undefined;
    if (factor !== undefined && !words.take("*")) base += sign * factor;
    else terms.push({ axis: words.name("an axis"), stride: sign * (factor ?? 1) });
    if (words.take("+")) sign = 1;
    else if (words.take("-")) sign = -1;
    else return affine(base, terms);
  }
}
