/**
 * An inference module answers what its training module's `infer` answers, in every row, for every number of rows: of values that
 * only weights decide, and of all examples.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as nabla from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile-options.ts";
import type { Outputs } from "../../compiler/dsl/model.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import type { Slot } from "../../runtime/section.ts";
import { firstDifference } from "../support/close.ts";
import { Random } from "../support/random.ts";

const { batchMean, batchSum, dense, grad, greater, matmul, mean, mul, add, div, sqrt, where } = nabla;
const batch = 5;

type Forward = (x: nabla.Tensor<[3]>, w: nabla.Parameter<[3]>, label: nabla.Labels<4>) => Outputs;

const pass = nabla.elementwise((_x: number, w: number) => w);
const square = nabla.elementwise((x: number) => x * x);

/** What the outputs of forward are, beside one that reads the input. */
const cases: Record<string, Forward> = {
  "a gradient that is a weight": (x) => {
    const y = dense(x, 1);
    return { y, slope: grad(y, x) };
  },
  "a gradient through two layers": (x) => {
    const y = dense(dense(x, 5), 1);
    return { y, slope: grad(y, x) };
  },
  "a second derivative that is a weight": (x, w) => {
    const y = mul(square(x), w);
    return { y, curvature: grad(grad(y, x), x) };
  },
  "a gradient of a sum over rows": (x, w) => ({ slope: grad(mul(batchSum(x), w), x) }),
  "a gradient of a mean over rows": (x, w) => ({ slope: grad(mul(batchMean(x), w), x) }),
  "a function that ignores its input": (x, w) => ({ same: pass(x, w) }),
  "a sum over rows of a weight": (x, w) => ({ sum: add(x, batchSum(pass(x, w))), mean: add(x, batchMean(pass(x, w))) }),
  "computed further": (x, w) => ({ root: sqrt(mul(pass(x, w), pass(x, w))), shifted: add(mul(pass(x, w), 2), x) }),
  "columns of a stretched weight": (x, w) => ({
    mean: mean(pass(x, w)),
    product: matmul(pass(x, w), nabla.parameter([3, 2], nabla.constant(2))),
  }),
  "a layer of a stretched weight": (x, w) => ({ y: dense(pass(x, w), 4), z: dense(x, 4) }),
  "a choice between weights": (x, w) => ({ chosen: where(greater(x, 0), pass(x, w), div(w, 2)) }),
  "a choice that weights make": (x, w) => ({ chosen: where(greater(w, 0), pass(x, w), x) }),
  "a constant": (x) => ({ one: grad(x, x), two: grad(mul(x, 2), x) }),
  "one node twice, and the input": (x, w) => {
    const y = pass(x, w);
    return { first: y, second: y, input: x };
  },
  "dropout and batch norm of weights": (x, w) => ({
    dropped: nabla.dropout(pass(x, w), 0.5),
    normalised: nabla.batchNorm(add(pass(x, w), x)),
    layered: nabla.layerNorm(pass(x, w)),
  }),
  "rows of a table": (x, _w, label) => ({ y: mul(nabla.embedding(label, 3), x) }),
  "rows of a table that weights decide": (x, w, label) => ({
    product: matmul(
      nabla.gather(matmul(nabla.parameter([5, 4], nabla.normal(1)), nabla.parameter([4, 3], nabla.normal(1))), label),
      nabla.parameter([3, 6], nabla.normal(1)),
    ),
    scaled: add(nabla.gather(mul(nabla.parameter([4, 3], nabla.normal(1)), w), label), x),
  }),
  "one-hot labels on weights": (x, w, label) => ({
    picked: matmul(nabla.oneHot(label), nabla.parameter([4, 2], nabla.uniformInit(-1, 1))),
    same: pass(x, w),
  }),
};

const modelOf = (forward: Forward): nabla.Model => {
  let w: nabla.Parameter<[3]>;
  return nabla.model({
    inputs: { x: [3], label: nabla.classes(4) },
    targets: { t: [] },
    batch,
    forward({ x, label }) {
      w = nabla.parameter([3], nabla.uniformInit(-2, 2), { name: "w" });
      return forward(x, w, label);
    },
    // Everything that forward gives, so that each parameter is reached.
    loss(outputs, { t }) {
      const parts = Object.values(outputs as Outputs).map((output) => batchMean(mean(square(output))));
      return parts.reduce((total, part) => add(total, part), add(mean(mul(w, w)), batchMean(t)));
    },
    optimizer: nabla.sgd({ rate: 0.1 }),
  }) as unknown as nabla.Model;
};

/** The first difference between what the two modules answer, with its place. */
async function difference(model: nabla.Model, options: CompileOptions, allowed: number): Promise<string | undefined> {
  const random = new Random(7);
  const net = await load((await compile(model, { ...options, half: false })).wasm as BufferSource);
  net.init(3);
  for (const values of Object.values(net.parameters))
    values.forEach((value, i) => {
      values[i] = value + random.uniform(-0.5, 0.5);
    });
  const shipped = await load(
    (await compile(model, { ...options, mode: "infer", weights: net.parameters })).wasm as BufferSource,
  );
  for (let rows = 1; rows <= net.manifest.batch; rows++) {
    const given = Object.fromEntries(net.manifest.inputs.map((slot) => [slot.name, valuesOf(slot, rows, random)]));
    const want = net.infer(given, rows);
    const got = shipped.infer(given, rows);
    for (const name of Object.keys(want)) {
      const found = firstDifference(Float64Array.from(got[name]!), Float64Array.from(want[name]!), allowed);
      if (found) return `${rows} rows: ${name}${found}`;
    }
  }
  return undefined;
}

function valuesOf({ dims, classes }: Slot, rows: number, random: Random): ArrayLike<number> {
  const count = dims.reduce((product, extent) => product * extent, rows);
  return classes ? Array.from({ length: count }, () => random.integer(0, classes - 1)) : random.array(count, -1.5, 1.5);
}

describe.each(Object.entries(cases))("%s", (_name, forward) => {
  test.each<[string, CompileOptions, number]>([
    ["f32", {}, 2e-6],
    ["f64", { dtype: "f64" }, 1e-13],
    ["real algebra", { realAlgebra: true }, 2e-6],
    ["as it was built", { simplify: false, fuse: false }, 2e-6],
    ["in half precision", { half: true }, 5e-3],
  ])("%s", async (_title, options, allowed) => {
    expect(await difference(modelOf(forward), options, allowed)).toBeUndefined();
  });
});

const examples = readdirSync("examples", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".model.ts"))
  .sort();

test.each(examples)("%s", async (file) => {
  const { model } = await readModelFile(join("examples", file));
  expect(await difference(model, {}, 1e-5)).toBeUndefined();
});
