/** What the compiler relies on when it makes the helpers part of a module of its own. */
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { helperOps } from "../../compiler/loop/ir.ts";
import { ensureHelpers, helpersPath } from "./build.ts";

ensureHelpers();

const bytes = readFileSync(helpersPath);
const text = binaryen.readBinary(bytes).emitText();

test("the helpers use no import, global, table, start function or data", () => {
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
  expect(text).not.toMatch(/^ \((import|global|table|elem|start|data) /m);
});

test("no helper touches memory", () => {
  expect(text).not.toMatch(/\b(memory\.(grow|fill|copy)|[a-z0-9]+\.(load|store)\w*)\b/);
});

test("no instruction differs between machines: no relaxed SIMD", () => {
  expect(text).not.toContain("relaxed");
});

test("every lane operation has its helper in f32 and f64, beside the random numbers", () => {
  const lanes = [...Object.keys(helperOps), "uniform"].flatMap((op) => [`${op}_f32x4`, `${op}_f64x2`]);
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  expect(exported.sort()).toEqual([...lanes, "threefry2x32"].sort());
});
