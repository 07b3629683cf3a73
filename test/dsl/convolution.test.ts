/** conv2d: its formula by hand, gradients through a whole network, what it refuses, and that it learns. */
import { adam, classes, conv2d, dense, meanSquaredError, model, relu, reshape, softmaxCrossEntropy } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Conv2dOptions } from "../../compiler/dsl/index.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { errorsOf } from "./support.ts";

const bars = (options: Partial<Conv2dOptions> = {}) =>
  model({
    inputs: { image: [6, 6, 1] },
    targets: { lies: classes(2) },
    batch: 16,
    forward({ image }) {
      const first = relu(conv2d(image, 4, { kernel: 3, padding: 1, ...options }));
      const second = relu(conv2d(first, 3, { kernel: [3, 2], stride: 2, bias: false }));
      return { logits: dense(reshape(second, [2 * 3 * 3]), 2) };
    },
    loss: ({ logits }, { lies }) => softmaxCrossEntropy(logits, lies),
    optimizer: adam({ rate: 0.02 }),
  });

/** A line of ones in a picture of noise: across for label 0, down for 1. */
function pictures(count: number) {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lies = Array.from({ length: count }, (_, i) => i % 2);
  const image = lies.flatMap((down) => {
    const at = Math.floor(6 * random());
    return Array.from({ length: 36 }, (_, p) => ((down ? p % 6 : Math.floor(p / 6)) === at ? 1 : 0.4 * random()));
  });
  return { image, lies };
}

describe("conv2d", () => {
  test("is the sum over the window, zeros outside, plus the bias", async () => {
    const one = model({
      inputs: { x: [3, 3, 1] },
      targets: { t: [2, 2, 1] },
      batch: 1,
      forward: ({ x }) => ({ y: conv2d(x, 1, { kernel: 2, stride: 2, padding: 1, name: "edge" }) }),
      loss: ({ y }, { t }) => meanSquaredError(y, t),
      optimizer: adam(),
    });
    const weights = { "edge.weight": [1, 10, 100, 1000], "edge.bias": [0.5] };
    const { infer } = await load((await compile(one, { mode: "infer", dtype: "f64", weights })).wasm as BufferSource);
    // Windows at (-1, -1), (-1, 1), (1, -1), (1, 1) of 1..9.
    expect([...infer({ x: [1, 2, 3, 4, 5, 6, 7, 8, 9] }).y!]).toEqual([
      1000 * 1 + 0.5,
      100 * 2 + 1000 * 3 + 0.5,
      10 * 4 + 1000 * 7 + 0.5,
      5 + 10 * 6 + 100 * 8 + 1000 * 9 + 0.5,
    ]);
  });

  test("gradients of a network of two agree with central differences", () => {
    const program = buildProgram(bars(), { dtype: "f64" });
    for (const rows of [1, 3]) expectModelGradients(program, rows);
  });

  test("tells lines across from lines down", async () => {
    const net = await load((await compile(bars({ dilation: 1 }), { seed: 1 })).wasm as BufferSource);
    const { image, lies } = pictures(16 * 30);
    for (let from = 0; from < lies.length; from += 16)
      net.step({ image: image.slice(36 * from, 36 * (from + 16)) }, { lies: lies.slice(from, from + 16) });
    const fresh = pictures(64);
    const { logits } = net.infer({ image: fresh.image });
    const right = fresh.lies.filter((down, row) => Number(logits![2 * row + 1]! > logits![2 * row]!) === down);
    expect(right.length).toBeGreaterThanOrEqual(60);
  });

  test.each([
    ["a window of no extent", { kernel: 0 }, "attribute/range"],
    ["a padding that is none", { padding: -1 }, "attribute/range"],
    ["a window that does not fit", { kernel: 9 }, "shape/window"],
    ["an unknown option", { strides: 2 }, "dsl/unknown-key"],
  ])("%s is refused", (_, options, code) => {
    const error = errorsOf(() => buildProgram(bars(options as Partial<Conv2dOptions>)));
    expect(error).toContain(code);
  });

  test("options that are no object are refused", () => {
    const bare = model({
      ...bars().spec,
      forward: ({ image }) => ({ logits: conv2d(image, 2, 3 as never) as never }),
    });
    expect(errorsOf(() => buildProgram(bare))).toContain("conv2d: options is of the wrong kind");
  });

  test("what is no image is refused", () => {
    const flat = model({
      ...bars().spec,
      forward: ({ image }) => ({ logits: conv2d(reshape(image, [36]) as never, 2, { kernel: 3 }) as never }),
    });
    expect(errorsOf(() => buildProgram(flat))).toContain("shape/rank");
  });
});
