/** Which loads happen before a loop: those that stay put and that the loop does not write. */
import { describe, expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { Stmt } from "../../compiler/loop/ir.ts";
import { parseFunctions } from "../../compiler/loop/parse.ts";
import { printFunction } from "../../compiler/loop/print.ts";
import { splitInvariant } from "../../compiler/wasm/invariant.ts";
import { executed, f32, i32, interpreted } from "./support.ts";

const offsets = new Map<LoopBuffer, number>(
  Object.entries({ x: 0, y: 256, z: 508, w: 512 }).map(([name, byteOffset]) => [
    { name, dtype: "f32", elementCount: 64 },
    byteOffset,
  ]),
);

function split(...body: string[]): string {
  const fn = parseFunctions(
    ["func f f32", "  for j in 0..64 step 4", ...body.map((line) => `    ${line}`)].join("\n"),
    offsets.keys(),
  )[0]!;
  const { before, body: rest } = splitInvariant(fn.body[0] as Stmt & { kind: "for" }, (buffer) => offsets.get(buffer)!);
  return printFunction({ ...fn, body: [...before, { ...(fn.body[0] as Stmt & { kind: "for" }), body: rest }] });
}

describe("of an innermost loop", () => {
  test("loads that stay put happen once before it, equal ones together", () => {
    expect(
      split("store y[j] = mul(add(load x[j], splat x[3]), splat x[3])", "set acc = add(acc, load w[8])"),
    ).toMatchInlineSnapshot(`
      "func f f32
        let before j 0 = splat x[3]
        let before j 1 = load w[8]
        for j in 0..64 step 4
          store y[j] = mul(add(load x[j], before j 0), before j 0)
          set acc = add(acc, before j 1)"
    `);
  });

  test("what the loop writes is read in it, also under another name for the same bytes", () => {
    expect(split("store y[j] = mul(load x[j], splat y[3])")).toContain("splat y[3])");
    expect(split("store y[j] = mul(load x[j], splat z[0])")).toContain("splat z[0])");
    expect(split("store y[j] = mul(load x[j], splat w[0])")).not.toContain("splat w[0])");
  });

  test("the results are the interpreter's", async () => {
    const text = `func f f32
  for i in 0..n step 1
    for j in 0..6 step 4
      store y[8*i + j] = add(mul(load x[8*i + j], splat s[i]), float(splat k[i]))
    for j in 0..8 step 4
      store s[i]:1 = add(splat s[i], load x[8*i]:1)`;
    const buffers = {
      x: f32(Array.from({ length: 24 }, (_, i) => i)),
      y: f32(new Array(24).fill(0)),
      s: f32([2, 3, 5]),
      k: i32([7, 11, 13]),
    };
    expect(await executed(text, buffers, 3)).toEqual(interpreted(text, buffers, 3));
  });
});
