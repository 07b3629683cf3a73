/**
 * Reads the text form of kernels (its grammar is in print-kernel.ts). For tests, and for pasting dumps into them.
 *
 * Equal expressions over the same axes become one object, as what is shared by identity in a kernel is printed in each place
 * where it is read.
 */
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import {
  type Axis,
  componentOf,
  type Expr,
  type Index,
  type Kernel,
  type KernelStore,
  type Nest,
  type Part,
  type Repeat,
  tupleOf,
} from "./kernel.ts";
import { monoids, type Reduce } from "./monoids.ts";
import { type BufferScope, parseElement, parseIndex } from "./parse-index.ts";
import { parseRepeats } from "./parse-repeats.ts";
import { type Line, linesOf, type Words } from "./words.ts";

interface Scope extends BufferScope {
  /** The axes that reductions and guards around an expression bind, each with a number of its own. */
  readonly bound: ReadonlyMap<string, number>;
  readonly known: Map<string, Expr>;
  readonly fresh: () => number;
}

/**
 * Reads kernels one after the other; throws SyntaxError with the line where the text breaks the grammar. A name stands for the
 * buffer given that is called so, else for one of `dtype` without elements. Kernels of one nest share its object.
 */
export function parseKernels(text: string, given: Iterable<LoopBuffer> = [], dtype: FloatType = "f32"): Kernel[] {
  const lines = linesOf(text);
  const nests = new Map<string, Nest>();
  const buffers = new Map(Array.from(given, (buffer) => [buffer.name, buffer]));
  const kernels: Kernel[] = [];
  while (lines.length > 0) kernels.push(parseKernel(lines, { dtype, buffers }, nests, kernels.at(-1)?.nest.repeats));
  return kernels;
}

function parseKernel(
  lines: Line[],
  buffers: BufferScope,
  nests: Map<string, Nest>,
  around?: readonly Repeat[],
): Kernel {
  const { words } = lines.shift()!;
  words.expect("kernel");
  const name = words.name("a kernel's name");
  const nestName = words.take("of") ? words.name("a nest's name") : name;
  const repeats = parseRepeats(words, around);
  const axes = parseAxes(words);
  words.end();
  const nest = nests.get(nestName) ?? { name: nestName, ...(repeats.length > 0 && { repeats }) };
  nests.set(nestName, nest);
  let count = 0;
  const scope: Scope = { ...buffers, bound: new Map(), known: new Map(), fresh: () => count++ };
  const stores: KernelStore[] = [];
  while (lines.length > 0 && lines[0]!.depth > 0) {
    const line = lines.shift()!;
    if (line.depth !== 1) throw line.words.error("an indent of 2 spaces");
    stores.push(parseStore(line.words, scope));
  }
  return { name, nest, axes, stores };
}

function parseStore(words: Words, scope: Scope): KernelStore {
  const { buffer, index } = parseElement(words, scope);
  const accumulates = words.take("+");
  words.expect("=");
  const value = parseExpr(words, scope);
  words.end();
  return { buffer, index, value, ...(accumulates && { accumulates }) };
}

function parseAxes(words: Words): Axis[] {
  const axes: Axis[] = [];
  words.expect("[");
  if (words.take("]")) return axes;
  do axes.push(parseAxis(words));
  while (words.take(","));
  words.expect("]");
  return axes;
}

function parseAxis(words: Words): Axis {
  const name = words.name("an axis");
  words.expect("<");
  let scale = 1;
  if (words.isNumber()) {
    const number = words.integer();
    if (!words.take("*")) return { name, extent: number, scale };
    scale = number;
  }
  return { name, extent: words.take("n") ? "n" : words.integer(), scale };
}

const parseExpr = (words: Words, scope: Scope): Expr => once(words, scope, parseAny);

/** One object for what was read before of the same words, where they mean the same axes. */
function once(words: Words, scope: Scope, parse: (words: Words, scope: Scope) => Expr): Expr {
  const start = words.position;
  const read = parse(words, scope);
  const key = words
    .since(start)
    .map((word) => `${word}@${scope.bound.get(word) ?? ""}`)
    .join(" ");
  const expr = scope.known.get(key) ?? read;
  scope.known.set(key, expr);
  return expr;
}

function parseAny(words: Words, scope: Scope): Expr {
  if (words.isNumber()) return { kind: "const", value: words.number() };
  if (isReduction(words)) {
    const reduction = once(words, scope, parseReduction);
    return words.take(".") ? componentOf(reduction, words.integer()) : reduction;
  }
  if (isGuard(words)) return parseGuard(words, scope);
  if (words.follows("[")) return { kind: "load", ...parseElement(words, scope) };
  const word = words.name("a value");
  if (word === "uniform") {
    words.expect("#");
    const stream = words.integer();
    return { kind: "uniform", stream, index: parsePlace(words, scope) };
  }
  if (word === "index") return { kind: "index", index: parsePlace(words, scope) };
  if (words.take("(")) return { kind: "op", op: word, args: parseArguments(words, scope) };
  if (word === "rows" || word === "step") return { kind: word };
  throw words.error(`"(" or "["`);
}

function parsePlace(words: Words, scope: Scope): Index {
  words.expect("(");
  const index = parseIndex(words, scope);
  words.expect(")");
  return index;
}

function parseArguments(words: Words, scope: Scope): Expr[] {
  const args: Expr[] = [];
  do args.push(parseExpr(words, scope));
  while (words.take(","));
  words.expect(")");
  return args;
}

/** No index has "<" or is empty: a buffer may be called as a reduction is. */
const isReduction = (words: Words): boolean =>
  Object.hasOwn(monoids, words.ahead(0)) && words.follows("[") && (words.ahead(2) === "]" || words.ahead(3) === "<");

function parseReduction(words: Words, scope: Scope): Expr {
  const reduce = words.name("a reduction") as Reduce;
  const [first, ...more] = parseParts(words, scope) as [Part, ...Part[]];
  return { kind: "reduce", reduce, ...first, ...(more.length > 0 && { more }) };
}

function parseParts(words: Words, scope: Scope): Part[] {
  const parts: Part[] = [];
  do {
    const axes = parseAxes(words);
    words.expect("(");
    parts.push({ axes, body: tupleOf(parseArguments(words, within(scope, axes))) });
  } while (words.ahead(0) === "[");
  return parts;
}

/** No index has "=". */
const isGuard = (words: Words): boolean =>
  words.ahead(0) === "where" && words.follows("[") && (words.ahead(3) === "=" || words.ahead(5) === "=");

function parseGuard(words: Words, scope: Scope): Expr {
  words.expect("where");
  words.expect("[");
  const divided = words.isNumber();
  const divisor = divided ? words.integer() : 1;
  if (divided) words.expect("*");
  const name = words.name("an axis");
  words.expect("=");
  const index = parseIndex(words, scope);
  words.expect(",");
  words.expect(name);
  words.expect("<");
  const extent = words.integer();
  words.expect("]");
  words.expect("(");
  const body = parseExpr(words, within(scope, [{ name }]));
  const otherwise: Expr = words.take(";") ? parseExpr(words, scope) : { kind: "const", value: 0 };
  words.expect(")");
  return { kind: "where", axis: name, extent, divisor, index, body, otherwise };
}

const within = (scope: Scope, axes: readonly { readonly name: string }[]): Scope => ({
  ...scope,
  bound: new Map([...scope.bound, ...axes.map(({ name }) => [name, scope.fresh()] as const)]),
});
