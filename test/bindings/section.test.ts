/** The custom section: written by the compiler, read by the loader. */

import { beforeAll, describe, expect, test } from "vitest";
import wabt from "wabt";
import { appendSection, encodeSection } from "../../compiler/bindings/section.ts";
import { decodeSection, type Signature, type Slot } from "../../runtime/section.ts";
import { linearSignature } from "../runtime/linear.ts";

const text = (signature: Signature) => new TextDecoder().decode(encodeSection(signature));
const read = (signature: Signature) => decodeSection(encodeSection(signature) as Uint8Array<ArrayBuffer>);

describe("what is written is read", () => {
  test.each(["f32", "f64"] as const)("train, %s: all of it", (dtype) => {
    const signature = linearSignature({ mode: "train", dtype });
    expect(read(signature)).toEqual(signature);
  });

  test.each(["f32", "f64"] as const)("infer, %s: without what only training needs", (dtype) => {
    const { hash, loss, seed, step, ...rest } = linearSignature({ mode: "infer", dtype });
    const trained = linearSignature({ mode: "train", dtype });
    const full = { ...rest, parameters: trained.parameters, optimizer: trained.optimizer, hash: "00" };
    expect(read(full)).toEqual({ ...rest, parameters: [], optimizer: [] });
  });

  test("names, labels and a dtype of any kind", () => {
    const odd: Slot = {
      name: 'a "b"\n\u2028é',
      offset: 8,
      dims: [2, 3],
      dtype: "i32",
      classes: 2,
      labels: ["*/", "日"],
    };
    const signature = linearSignature({ mode: "infer", change: { inputs: [odd] } });
    expect(read(signature).inputs).toEqual([odd]);
  });
});

test("for iris it is short", () => {
  const labels = ["setosa", "versicolor", "virginica"];
  const signature = linearSignature({ mode: "infer", batch: 32 });
  const inputs = [{ ...signature.inputs[0]!, name: "measurements" }];
  const outputs = [{ ...signature.outputs[0]!, name: "logits", labels }];
  const section = text({ ...signature, inputs, outputs });
  expect(section).toMatchInlineSnapshot(
    `"{"format":1,"batch":32,"inputs":[{"name":"measurements","offset":64,"dims":[4]}],"outputs":[{"name":"logits","offset":704,"dims":[3],"classes":3,"labels":["setosa","versicolor","virginica"]}]}"`,
  );
  expect(section.length).toBeLessThan(250);
});

describe("in a module", () => {
  let empty: Uint8Array;
  beforeAll(async () => {
    const { parseWat } = await wabt();
    empty = parseWat("empty.wat", "(module)").toBinary({}).buffer;
  });

  // 127 and 128 bytes are where the size takes one byte more.
  test.each([0, 1, 114, 115, 120, 121, 122, 123, 16370, 16380, 40000])("contents of %i bytes come back", (length) => {
    const contents = Uint8Array.from({ length }, (_, i) => i);
    const module = new WebAssembly.Module(appendSection(empty, contents) as Uint8Array<ArrayBuffer>);
    const [section] = WebAssembly.Module.customSections(module, "nabla");
    expect(new Uint8Array(section!)).toEqual(contents);
  });

  test("the loader finds it", () => {
    const signature = linearSignature();
    const wasm = appendSection(empty, encodeSection(signature)) as Uint8Array<ArrayBuffer>;
    const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "nabla");
    expect(decodeSection(section)).toEqual(signature);
  });
});

describe("a signature that the loader would misread is a fault of ours", () => {
  const base = linearSignature();
  const bias = base.parameters[1]!;
  test.each<[string, Partial<Signature>, string]>([
    ["no input", { inputs: [] }, "expected at least one input"],
    ["a name twice", { outputs: [base.outputs[0]!, base.outputs[0]!] }, 'outputs: the name "y" occurs twice'],
    ["a parameter as optimizer state", { optimizer: [bias] }, 'the name "out.bias" occurs twice'],
    ["__proto__", { outputs: [{ ...base.outputs[0]!, name: "__proto__" }] }, "outputs: a slot is named __proto__"],
    ["an output loss", { outputs: [{ ...base.outputs[0]!, name: "loss" }] }, "named loss"],
    [
      "a crooked offset",
      { parameters: [{ ...bias, offset: 6 }] },
      '"out.bias" is f32: expected an offset that 4 divides, got 6',
    ],
    [
      "labels without a range",
      { targets: [{ ...base.targets[0]!, classes: undefined }] },
      "expected its number of classes",
    ],
  ])("%s", (_, change, message) => {
    expect(() => encodeSection({ ...base, ...change })).toThrow(message);
  });
});
