/** A partial result with several accumulators takes a point at once, not one accumulator after the other. */
import { describe, expect, test } from "vitest";
import { Block } from "../../compiler/loop/block.ts";
import { interpretFunction } from "../../compiler/loop/interpret.ts";
import type { Stmt, VExpr } from "../../compiler/loop/ir.ts";
import { affine } from "../../compiler/loop/kernel.ts";
import { monoidOf } from "../../compiler/loop/monoids.ts";
import { firstLanes, takePoint } from "../../compiler/loop/take-point.ts";

const local = (name: string): VExpr => ({ kind: "local", name });
const op = (name: string, ...args: VExpr[]): VExpr => ({ kind: "op", op: name, args });

test("each accumulator is joined with what the others were", () => {
  let count = 0;
  const fresh = (prefix: string): string => `${prefix}${count++}`;
  const block = new Block(() => fresh("v"));
  takePoint(block, ["a", "b"], [op("add", local("a"), local("b")), op("sub", local("a"), local("b"))], fresh);
  const y = { name: "y", dtype: "f64", elementCount: 2 } as const;
  const start = (name: string, value: number): Stmt => ({ kind: "let", name, value: { kind: "const", value } });
  const store = (name: string, at: number): Stmt => ({
    kind: "store",
    buffer: y,
    index: affine(at),
    lanes: 1,
    value: local(name),
  });
  const body = [start("a", 5), start("b", 3), ...block.statements(), store("a", 0), store("b", 1)];
  const values = new Float64Array(2);
  interpretFunction({ name: "f", dtype: "f64", body }, { buffers: new Map([[y, values]]), rows: 1 });
  expect([...values]).toEqual([8, 2]);
});

describe("lanes past the end of a sum", () => {
  const buffer = { name: "x", dtype: "f64", elementCount: 8 } as const;
  const load = (lanes: number): VExpr => ({ kind: "load", buffer, index: affine(0), lanes });
  const splat: VExpr = { kind: "splat", buffer, index: affine(0) };
  const constant = (value: number): VExpr => ({ kind: "const", value });
  const isMasked = (reduce: "sum" | "max", value: VExpr): boolean => {
    const block = new Block(() => "v");
    const [counted] = firstLanes(block, monoidOf(reduce), [block.intern(value)], 1);
    return counted!.kind === "op" && counted!.op === "select";
  };

  test("count as they are where they are zeros", () => {
    expect(isMasked("sum", load(1))).toBe(false);
    expect(isMasked("sum", op("mul", load(1), load(1)))).toBe(false);
    expect(isMasked("sum", op("mul", constant(-3), op("sub", load(1), load(1))))).toBe(false);
    expect(isMasked("sum", op("mul", op("abs", load(1)), constant(2)))).toBe(false);
  });

  test("are left out where they may be anything else, as the product of 0 and an infinite number", () => {
    expect(isMasked("sum", load(2))).toBe(true);
    expect(isMasked("sum", splat)).toBe(true);
    expect(isMasked("sum", op("mul", load(1), splat))).toBe(true);
    expect(isMasked("sum", op("mul", splat, load(1)))).toBe(true);
    expect(isMasked("sum", op("mul", load(1), constant(Number.POSITIVE_INFINITY)))).toBe(true);
    expect(isMasked("sum", op("add", load(1), constant(1)))).toBe(true);
    expect(isMasked("sum", op("exp", load(1)))).toBe(true);
    expect(isMasked("sum", op("div", load(1), load(1)))).toBe(true);
    expect(isMasked("max", load(1))).toBe(true);
  });
});
