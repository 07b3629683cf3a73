/**
 * Checks a table of rules against a table of lines: every rule has its line, does what the line says, and gives equal
 * values on random and special inputs.
 */
import { describe, expect, test } from "vitest";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Value } from "../../compiler/graph/ir.ts";
import { byName, type Node } from "../../compiler/graph/node.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { applyRule, type Rule } from "../../compiler/simplify/rewrite.ts";
import { Random } from "../support/random.ts";
import { graphOf, print, Scope } from "./expression.ts";

/** name, before, after; or a line that must stay as it is. */
export type Line = readonly [rule: string, before: string, after: string | "stays"];

export type Check = (before: Node, after: Node, random: Random) => void;

export function checkRules(rules: readonly Rule[], lines: readonly Line[], check: Check): void {
  test("every rule has a line that it changes", () => {
    const changed = new Set(lines.filter(([, , after]) => after !== "stays").map(([name]) => name));
    expect(rules.map(({ name }) => name).filter((name) => !changed.has(name))).toEqual([]);
  });
  describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
    test.each(lines.filter((line) => line[0] === name))("%s: %s -> %s", (_name, before, after) => {
      const scope = new Scope();
      const source = scope.parse(before);
      const result = applyRule(rule, source);
      if (after === "stays") {
        expect(result && print(result)).toBeUndefined();
        return;
      }
      expect(result && print(result)).toBe(print(scope.parse(after)));
      expect(result!.type).toEqual(source.type);
      verifyGraph(graphOf(result!));
      check(source, result!, new Random(rules.indexOf(rule) + 1));
    });
  });
}

const leavesOf = (node: Node): Node[] => graphOf(node).inputs as Node[];
const sizeOf = (leaf: Node): number => (leaf.type.dims as number[]).reduce((p, d) => p * d, 1);

type Draw = (leaf: Node) => Float64Array;

type Leaves = ReadonlyMap<string, Float64Array>;

const drawLeaves = (node: Node, draw: Draw): Leaves =>
  new Map(leavesOf(node).map((leaf) => [leaf.attrs.name as string, draw(leaf)]));

const inF64 = (node: Node, leaves: Leaves): Float64Array =>
  interpret(graphOf(node), { rows: 1, leaves }).outputs.get("y")!;

/** Every op rounded to f32, as a module does it. */
function inF32(node: Node, leaves: Leaves): Float64Array {
  const values = new Map<Node, Value>();
  for (const n of nodesOf(graphOf(node))) {
    const dims = n.type.dims as number[];
    const inputs = byName(
      n.op,
      n.inputs.map((i) => values.get(i)!),
    );
    const data =
      n.op.name === "input"
        ? leaves.get(n.attrs.name as string)!
        : n.op.reference(inputs, dims, n.attrs, { rows: 1, seed: 0, step: 0 });
    values.set(n, { dims, data: data.map(Math.fround) });
  }
  return values.get(node)!.data;
}

const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -1074), 2 ** -126, 3e38, -1e308, 0.1];
const trials = 200;

/** Bit for bit, in f64 and rounded to f32 after each op, on all combinations of special values and on random ones. */
export const sameBits: Check = (before, after, random) => {
  const leaves = leavesOf(before);
  const draws: Draw[] = [];
  for (let combination = 0; combination < special.length ** Math.min(leaves.length, 3); combination++) {
    draws.push((leaf) => {
      const position = leaves.indexOf(leaf);
      const digit = Math.floor(combination / special.length ** (position % 3)) % special.length;
      const value = special[digit]!;
      return Float64Array.from({ length: sizeOf(leaf) }, () => (leaf.type.dtype === "bool" ? digit % 2 : value));
    });
  }
  for (let trial = 0; trial < trials; trial++) draws.push(anyMagnitude(random));
  for (const draw of draws) {
    const values = drawLeaves(before, draw);
    for (const evaluate of [inF64, inF32]) {
      const [want, got] = [evaluate(before, values), evaluate(after, values)];
      want.forEach((value, i) => {
        if (!Object.is(value, got[i])) expect(got[i], evaluate.name).toBe(value);
      });
    }
  }
};

/** Numbers of every magnitude, some special. */
function anyMagnitude(random: Random): Draw {
  return (leaf) =>
    Float64Array.from({ length: sizeOf(leaf) }, () => {
      if (leaf.type.dtype === "bool") return random.integer(0, 1);
      if (leaf.type.dtype === "i32") return random.integer(0, 2);
      if (random.uniform() < 0.2) return random.pick(special);
      return random.uniform(-1, 1) * 2 ** random.integer(-150, 127);
    });
}

/** To 1e-9 of the value, on positive numbers of ordinary size. */
export const sameRealValue: Check = (before, after, random) => {
  for (let trial = 0; trial < trials; trial++) {
    const values = drawLeaves(before, (leaf) => {
      const integer = leaf.type.dtype === "bool" ? 1 : 2;
      const count = sizeOf(leaf);
      if (leaf.type.dtype !== "f64") return Float64Array.from({ length: count }, () => random.integer(0, integer));
      return random.array(count, 0.5, 2);
    });
    const [want, got] = [inF64(before, values), inF64(after, values)];
    want.forEach((value, i) => {
      if (!(Math.abs(value - got[i]!) <= 1e-9 * Math.max(1, Math.abs(value)))) expect(got[i]).toBe(value);
    });
  }
};
