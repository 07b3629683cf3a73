/** A partial result with several accumulators takes a point at once, not one accumulator after the other. */
import { expect, test } from "vitest";
import { Block } from "../../compiler/loop/block.ts";
import { interpretFunction } from "../../compiler/loop/interpret.ts";
import type { Stmt, VExpr } from "../../compiler/loop/ir.ts";
import { affine } from "../../compiler/loop/kernel.ts";
import { takePoint } from "../../compiler/loop/take-point.ts";

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
