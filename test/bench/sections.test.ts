import binaryen from "binaryen";
import { expect, test } from "vitest";
import { withoutData } from "../../bench/lib/wasm-sections.mjs";
import { productFlops, workloads } from "../../bench/workloads/index.mjs";

test("withoutData: drops the data section, however long, and nothing else", () => {
  const emit = (data: string) => {
    const module = binaryen.parseText(`(module (memory 1) ${data} (func (export "f") (result i32) (i32.const 7)))`);
    const bytes = module.emitBinary();
    module.dispose();
    return bytes;
  };
  const code = withoutData(emit(`(data (i32.const 0) "${"x".repeat(300)}")`));
  expect(code.equals(emit(""))).toBe(true);
});

test("productFlops: a step has three products a layer, the first layer two", () => {
  const tiny = workloads.find(({ name }) => name === "mlp-tiny");
  const layers = [4 * 16, 16 * 16, 16 * 3].map((weights) => 2 * 32 * weights);
  const forward = layers.reduce((total, flops) => total + flops);
  expect(productFlops(tiny, { mode: "infer", batch: 32 })).toBe(forward);
  expect(productFlops(tiny, { mode: "train", batch: 32 })).toBe(3 * forward - layers[0]!);
});
