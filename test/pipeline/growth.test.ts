/**
 * Compile time grows with the graph and not with its square. When a model doubles, the runs of a block with linear work
 * double, and those of one with quadratic work grow four times.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Model, Tensor } from "../../compiler/dsl/index.ts";
import { BlockCounts } from "../support/block-counts.ts";

type Compiler = typeof import("../../compiler/compile.ts") & typeof import("../../compiler/dsl/index.ts");

/** Between two and four: n log n stays below, and so does a square of which half is linear. */
const mostGrowth = 2.7;
/** What runs less often costs nothing, and its growth is that of small numbers. */
const fewRuns = 2_000;

/** First fit compares a rectangle with those placed before, and the arena is the smaller for it. */
const allowed = /^plan\/first-fit\.ts/;

const counts = new BlockCounts();
let compiler: Compiler;

beforeAll(async () => {
  await counts.start();
  compiler = { ...(await import("../../compiler/compile.ts")), ...(await import("../../compiler/dsl/index.ts")) };
});

afterAll(() => counts.stop());

const blocks = (n: number, { add, batchNorm, dense, relu }: Compiler) =>
  training(n, (hidden, i) =>
    add(hidden, relu(batchNorm(dense(hidden, 4, { name: `layer${i}` }), { name: `norm${i}` }))),
  );

const chain = (n: number, { add, mul }: Compiler) => training(n, (hidden) => add(mul(hidden, hidden), 1));

test.each([
  ["residual blocks with batch norm", 15, blocks],
  ["elementwise operations in a row", 150, chain],
])("no part of the compiler takes the square of %s", async (_, size, modelOf) => {
  const compileOf = (n: number) => () => compiler.compile(modelOf(n, compiler));
  await compileOf(2)();
  const grown = await counts.growth(compileOf(size), compileOf(2 * size));
  expect(grown.length).toBeGreaterThan(1_000);
  const fast = grown.filter(({ before, after }) => after >= fewRuns && after > mostGrowth * before);
  expect(fast.filter(({ block }) => !allowed.test(block))).toEqual([]);
});

/** A model of `n` layers of four units, trained by Adam. */
function training(n: number, layer: (hidden: Tensor, i: number) => Tensor): Model {
  const { adam, dense, meanSquaredError, model } = compiler;
  return model({
    inputs: { x: [4] },
    targets: { y: [4] },
    batch: 4,
    forward: ({ x }) => {
      let hidden: Tensor = dense(x, 4, { name: "first" });
      for (let i = 0; i < n; i++) hidden = layer(hidden, i);
      return { out: hidden };
    },
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer: adam({ rate: 1e-3 }),
  });
}
