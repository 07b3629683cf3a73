/** A block of several stores: all values are computed before any is stored. */
import { expect, test } from "vitest";
import { Block } from "../../compiler/loop/block.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { Stmt } from "../../compiler/loop/ir.ts";
import { affine } from "../../compiler/loop/kernel.ts";

test("a second store reads what was there before the first", () => {
  const [a, b]: LoopBuffer[] = ["a", "b"].map((name) => ({ name, dtype: "f32", elementCount: 4 }));
  let count = 0;
  const block = new Block(() => `v${count++}`);
  const at = affine(0);
  block.add({
    kind: "store",
    buffer: a!,
    index: at,
    lanes: 4,
    value: block.intern({ kind: "const", value: 1 }),
  } as never);
  // The same memory in another form, so that it is not the load of the first.
  const read = block.intern({ kind: "splat", buffer: a!, index: at });
  block.add({ kind: "store", buffer: b!, index: at, lanes: 4, value: read } as never);
  const order = block.statements().map((stmt: Stmt) => stmt.kind);
  expect(order.indexOf("let")).toBeGreaterThanOrEqual(0);
  expect(order.lastIndexOf("let")).toBeLessThan(order.indexOf("store"));
});

test("0 and -0 are two constants", () => {
  const block = new Block(() => "v");
  const [zero, minus] = [0, -0].map((value) => block.intern({ kind: "const", value }));
  expect([zero, minus].map((one) => one?.kind === "const" && Object.is(one.value, -0))).toEqual([false, true]);
});
