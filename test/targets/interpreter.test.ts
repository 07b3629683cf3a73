/**
 * An engine of its own, without JavaScript: the interpreter of wabt runs the modules as they are. It can only call an
 * export without inputs in memory, so `main` is added, which stores them, calls `infer`, and returns the outputs' bits.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import binaryen from "binaryen";
import { afterAll, expect, test } from "vitest";
import type { Manifest } from "../../compiler/bindings/manifest.ts";
import { scalarize } from "../../compiler/targets/scalar/scalarize.ts";
import { readBinary } from "../../compiler/wasm/read-binary.ts";
import { loadInference } from "../../runtime/infer.ts";
import { elementCount } from "../../runtime/section.ts";
import { bitsOf, columns, samples } from "./samples.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-interpreter-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = 5;

test.each(Object.entries(await samples()))("%s: the bits are Node's, vectors or not", async (_, { infer }) => {
  const { manifest, wasm } = infer;
  const net = await loadInference(wasm as BufferSource);
  const expected = Object.values(net.infer(columns(manifest.inputs, rows))).flatMap((output) => bitsOf(output));
  expect(new Set(expected).size).toBeGreaterThan(rows);
  for (const form of [wasm, scalarize(wasm)]) expect(interpret(withMain(form, manifest))).toEqual(expected);
});

/** Adds `main`, of no parameters, which gives the status of `infer` and the bits of its outputs. */
function withMain(wasm: Uint8Array, { inputs, outputs }: Manifest): Uint8Array {
  const module = readBinary(wasm, binaryen.Features.All);
  const { i32, f32, local } = module;
  const given = columns(inputs, rows);
  const stores = inputs.flatMap(({ name, offset }) =>
    given[name]!.map((value, i) => f32.store(offset + 4 * i, 4, i32.const(0), f32.const(value))),
  );
  const loads = outputs.flatMap(({ offset, dims }) =>
    Array.from({ length: rows * elementCount(dims) }, (_, i) => i32.load(offset + 4 * i, 4, i32.const(0))),
  );
  const called = binaryen.getExportInfo(module.getExport("infer")).value;
  const call = local.set(0, module.call(called, [i32.const(rows)], binaryen.i32));
  const results = binaryen.createType(Array(loads.length + 1).fill(binaryen.i32));
  const result = module.tuple.make([local.get(0, binaryen.i32), ...loads]);
  module.addFunction("main", binaryen.none, results, [binaryen.i32], module.block(null, [...stores, call, result]));
  module.addFunctionExport("main", "main");
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** The bits of what `main` returns after the status. */
function interpret(wasm: Uint8Array): string[] {
  const file = join(folder, "main.wasm");
  writeFileSync(file, wasm);
  const printed = execFileSync(process.execPath, ["node_modules/wabt/bin/wasm-interp", file, "-r", "main"], {
    encoding: "utf8",
  });
  const [status, ...bits] = [...printed.matchAll(/i32:(\d+)/g)].map(([, value]) => Number(value));
  expect(status).toBe(0);
  return bits.map((value) => value.toString(16).padStart(8, "0"));
}
