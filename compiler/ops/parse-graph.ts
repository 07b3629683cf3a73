/** Reads the text form of a graph (see print.ts). For tests, and for pasting dumps into them. */

import { type Attr, attrFault, repeatsType } from "../graph/attributes.ts";
import { type Graph, leafName, type Output, type Update } from "../graph/graph.ts";
import type { Op } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import type { Origin } from "../graph/origin.ts";
import { type Dim, type DType, isFloat, printType, sameType, type Type } from "../graph/types.ts";
import { scalar } from "./elementwise.ts";
import { opByName } from "./index.ts";
import { input, state } from "./leaf.ts";
import { scanOp } from "./scan.ts";

export function parseGraph(text: string): Graph {
  const rows = text
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trimEnd())
    .filter((line) => line !== "");
  const { lines, loops } = takeLoops(rows);
  const head = /^graph\s*([\w.]*)\s*\(([^;)]*)(?:;([^)]*))?\)$/.exec(lines[0] ?? "");
  if (!head) throw new SyntaxError(`expected "graph name(inputs; states)", got "${lines[0] ?? ""}"`);
  const inputs = parseSignature(head[2]!).map(([name, type]) => input(name, type, originOf(name)));
  const held = parseSignature(head[3] ?? "");
  const states = held.map(([name, type]) => state(name, type, originOf(name)));
  const panels = new Map(held.flatMap(([, , width], at): [Node, number][] => (width ? [[states[at]!, width]] : [])));
  const scope = new Map([...inputs, ...states].map((leaf) => [leafName(leaf), leaf]));
  const outputs: Output[] = [];
  const updates: Update[] = [];
  for (const line of lines.slice(1)) {
    const [, rest, name, width] = /^((\S+): .*) in panels of (\d+)$/.exec(line) ?? [undefined, line];
    parseLine(rest, { scope, loops }, outputs, updates);
    if (name !== undefined) panels.set(scope.get(name)!, Number(width));
  }
  return { name: head[1]!, inputs, states, outputs, updates, ...(panels.size > 0 && { panels }) };
}

/** The lines of the graph itself, and the ops of the loops whose bodies stand between them, each deeper than its head. */
function takeLoops(rows: readonly string[]): { lines: string[]; loops: Map<string, Op> } {
  const lines: string[] = [];
  const loops = new Map<string, Op>();
  const indentOf = (row: string): number => row.length - row.trimStart().length;
  for (let at = 0; at < rows.length; at++) {
    const head = /^(\w+) over (\d+)( backwards)?, (\d+) elements?$/.exec(rows[at]!.trim());
    if (head === null) {
      lines.push(rows[at]!.trim());
      continue;
    }
    const start = at + 1;
    while (at + 1 < rows.length && indentOf(rows[at + 1]!) > indentOf(rows[start - 1]!)) at++;
    const graph = parseGraph(rows.slice(start, at + 1).join("\n"));
    const [extent, elements] = [Number(head[2]), Number(head[4])];
    loops.set(head[1]!, scanOp({ graph, extent, elements, backwards: head[3] !== undefined }));
  }
  return { lines, loops };
}

/** What the words of a graph mean. */
interface Known {
  readonly scope: Map<string, Node>;
  readonly loops: ReadonlyMap<string, Op>;
}

function parseLine(line: string, { scope, loops }: Known, outputs: Output[], updates: Update[]): void {
  const update = /^update (\S+) = (\S+)$/.exec(line);
  if (update) {
    updates.push({ state: lookUp(update[1]!, scope), value: lookUp(update[2]!, scope) });
    return;
  }
  if (line.startsWith("return ")) {
    for (const part of line
      .slice("return ".length)
      .split(",")
      .map((p) => p.trim())) {
      const [name, value] = part.includes("=") ? part.split("=").map((p) => p.trim()) : [part, part];
      outputs.push({ name: name!, node: lookUp(value!, scope) });
    }
    return;
  }
  const match = /^(\S+): (\S+) = (\S+)(.*)$/.exec(line);
  if (!match) throw new SyntaxError(`expected "name: type = op inputs", got "${line}"`);
  const type = parseType(match[2]!);
  scope.set(match[1]!, parseNode(match[1]!, type, match[3]!, match[4]!.trim(), { scope, loops }));
}

function parseNode(name: string, type: Type, opName: string, rest: string, { scope, loops }: Known): Node {
  const op = loops.get(opName) ?? opByName.get(opName);
  if (!op) throw new SyntaxError(`unknown op "${opName}"`);
  const words = rest.match(/\S+=\[[^\]]*\]|\S+/g) ?? [];
  const attrs: Record<string, Attr> = {};
  for (const word of words.filter((w) => w.includes("="))) {
    const [key, value] = word.split("=");
    attrs[key!] = parseAttr(value!);
  }
  if (repeatsType(op.attributes, "dims")) attrs.dims = type.dims;
  if (repeatsType(op.attributes, "dtype")) attrs.dtype = type.dtype;
  const fault = attrFault(opName, op.attributes, attrs);
  if (fault) throw new SyntaxError(`${name}: ${fault}`);
  const named = words.filter((word) => !word.includes("="));
  const dtype = named.map((word) => scope.get(word)?.type.dtype).find((d) => d !== undefined && isFloat(d));
  const literalType = dtype ?? (isFloat(type.dtype) ? type.dtype : "f32");
  const operands = named.map((word) => scope.get(word) ?? literal(word, literalType));
  const node = apply(op, operands, attrs, { origin: name.startsWith("%") ? undefined : originOf(name) });
  if (!sameType(node.type, type)) {
    throw new SyntaxError(`${name} is written as ${printType(type)}, ${opName} gives ${printType(node.type)}`);
  }
  return node;
}

const originOf = (binding: string): Origin => ({
  binding: binding.replace(/\.\d+$/, ""),
  span: { file: "text", line: 1, column: 1, start: 0, end: 0 },
  outer: undefined,
});

/** Names, types, and the width of panels where there are some. */
function parseSignature(text: string): [string, Type, number?][] {
  const parts = [...text.matchAll(/([^\s,]+): (\w+\[[^\]]*\])(?: in panels of (\d+))?/g)];
  return parts.map(([, name, type, width]) => [name!, parseType(type!), width === undefined ? width : Number(width)]);
}

export function parseType(text: string): Type {
  const match = /^(f32|f64|i32|bool)\[([^\]]*)\]$/.exec(text);
  if (!match) throw new SyntaxError(`expected a type such as f32[n,4], got "${text}"`);
  const dims = match[2]!
    .split(",")
    .filter((d) => d !== "")
    .map((d): Dim => (d === "n" ? "n" : Number(d)));
  return { dtype: match[1] as DType, dims };
}

function lookUp(name: string, scope: ReadonlyMap<string, Node>): Node {
  return scope.get(name) ?? literal(name, "f32");
}

function literal(word: string, dtype: DType): Node {
  const value = Number(word);
  if (Number.isNaN(value) && word !== "NaN") throw new SyntaxError(`unknown name "${word}"`);
  return scalar(value, dtype);
}

function parseAttr(text: string): Attr {
  if (text === "true" || text === "false") return text === "true";
  if (text.startsWith("[")) {
    const items = text
      .slice(1, -1)
      .split(",")
      .filter((item) => item !== "");
    return items.map((item) => (item === "n" ? item : Number(item)));
  }
  const value = Number(text);
  return Number.isNaN(value) && text !== "NaN" ? text : value;
}
