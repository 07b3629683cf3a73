/** argmax and argmin in model files: labels that are found. */
import type { Labels, Parameter, Tensor } from "nabla";
import * as nabla from "nabla";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/index.ts";
import { gradientOf, perRow, run, shapeOf, shared } from "./support.ts";
import { inForward } from "./wrong-model.ts";

type Matrix = Tensor<[2, 3]>;
const x = { dims: ["n", 2, 3] as const, data: [1, 5, 5, 7, -2, 0, 3, 2, 1, 0, 0, -1] };

describe("the place of an extreme", () => {
  test("along the last axis unless said, the first of equal ones", () => {
    expect(run((m: Matrix) => nabla.argmax(m), x)).toEqual([1, 0, 0, 0]);
    expect(run((m: Matrix) => nabla.argmax(m, 0), x)).toEqual([1, 0, 0, 0, 0, 0]);
    expect(run((m: Matrix) => nabla.argmin(m), x)).toEqual([0, 1, 2, 2]);
    expect(run((m: Matrix) => nabla.argmin(m, -2), x)).toEqual([0, 1, 1, 1, 1, 1]);
    expect(shapeOf((m: Matrix) => nabla.argmax(m, 0), x)).toEqual(["n", 3]);
  });

  test("of the first NaN where there is one", () => {
    const unknown = perRow(4, [1, Number.NaN, 9, Number.NaN]);
    for (const place of [nabla.argmax, nabla.argmin]) expect(run((v: Tensor<[4]>) => place(v), unknown)).toEqual([1]);
  });
});

test("what is found names a class, and a row of a table", () => {
  const scores = perRow(3, [1, 2, 0, 5, 1, 1]);
  expect(run((v: Tensor<[3]>) => nabla.oneHot(nabla.argmax(v)), scores)).toEqual([0, 1, 0, 1, 0, 0]);
  const body = (v: Tensor<[3]>, table: Parameter<[3, 2]>) => nabla.gather(table, nabla.argmin(v));
  expect(run(body, scores, shared([3, 2], [1, 2, 3, 4, 5, 6]))).toEqual([5, 6, 3, 4]);
});

test("a place, and a label, as numbers", async () => {
  expect(run((m: Matrix) => nabla.cast(nabla.argmax(m)), x)).toEqual([1, 0, 0, 0]);
  const aged = nabla.model({
    inputs: { years: nabla.classes(90), words: nabla.classes(7, [2]) },
    targets: { t: [2] },
    batch: 4,
    forward: ({ years, words }) => ({
      y: nabla.add(nabla.cast(words), nabla.dense(nabla.reshape(nabla.cast(years), [1]), 1, { weight: nabla.ones() })),
    }),
    loss: ({ y }, { t }) => nabla.meanSquaredError(y, t),
    optimizer: nabla.sgd({ rate: 0.1 }),
  });
  for (const dtype of ["f32", "f64"] as const) {
    const net = await load((await compile(aged, { mode: "infer", dtype })).wasm as BufferSource);
    const { y } = net.infer({ years: [89, 0, 3], words: [6, 0, 1, 2, 3, 4] } as never);
    expect([...y!]).toEqual([95, 89, 1, 2, 6, 7]);
  }
});

describe("numbers in steps", () => {
  test("are cut towards zero and held to the classes; NaN is 0", () => {
    const values = [-5, -0.5, -0, 0.99, 1, 2.5, 3, 4e9, 1e30, -1e30, Number.NaN, Number.POSITIVE_INFINITY];
    const want = [0, 0, 0, 0, 1, 2, 3, 3, 3, 0, 0, 3];
    expect(run((v: Tensor<[12]>) => nabla.discretize(v, 4), perRow(12, values))).toEqual(want);
    expect(run((v: Tensor<[12]>) => nabla.cast(nabla.discretize(v, 4)), perRow(12, values))).toEqual(want);
    expect(shapeOf((m: Matrix) => nabla.discretize(m, 4), x)).toEqual(["n", 2, 3]);
  });

  test("name rows of a table, and classes", () => {
    const numbers = perRow(3, [0.5, 2.9, -1, 1.1, 7, 0]);
    const body = (v: Tensor<[3]>, table: Parameter<[3, 1]>) => nabla.gather(table, nabla.discretize(v, 3));
    expect(run(body, numbers, shared([3, 1], [10, 20, 30]))).toEqual([10, 30, 10, 20, 30, 10]);
    const single = (v: Tensor<[3]>, table: Parameter<[3]>) => nabla.add(nabla.gather(table, nabla.discretize(v, 3)), v);
    expect(run(single, numbers, shared([3], [10, 20, 30]))).toEqual([10.5, 32.9, 9, 21.1, 37, 10]);
    expect(run((v: Tensor<[3]>) => nabla.oneHot(nabla.discretize(v, 2)), perRow(3, [0, 1, 5]))).toEqual([
      1, 0, 0, 1, 0, 1,
    ]);
  });

  test("a module reads its table without a check, whatever the numbers are", async () => {
    const steps = nabla.model({
      inputs: { v: [2] },
      targets: { t: [2, 3] },
      batch: 6,
      forward: ({ v }) => ({ y: nabla.embedding(nabla.discretize(nabla.mul(v, 10), 50), 3, { weight: nabla.ones() }) }),
      loss: ({ y }, { t }) => nabla.meanSquaredError(y, t),
      optimizer: nabla.sgd({ rate: 0.1 }),
    });
    for (const dtype of ["f32", "f64"] as const) {
      const net = await load((await compile(steps, { mode: "infer", dtype })).wasm as BufferSource);
      const { y } = net.infer({ v: [-1e30, Number.NaN, 0.3, 9e9, 4.99, Number.NEGATIVE_INFINITY] } as never);
      expect([...y!]).toEqual(new Array(18).fill(1));
    }
  });
});

test("no gradient flows through a place: it is that of the rest", () => {
  const chosen = (v: Tensor<[3]>) => nabla.mul(v, nabla.oneHot(nabla.argmax(v)));
  const slopes = gradientOf(chosen, perRow(3, [1, 2, 0, 5, 1, 1]));
  expect(slopes.map((slope) => slope !== 0)).toEqual([false, true, false, true, false, false]);
});

test("what does not fit is refused with the reason", () => {
  const loose = (labels: unknown) => labels as Labels<2>;
  expect(inForward((v) => nabla.sum(nabla.oneHot(nabla.argmax(v, 3 as never)), -1))).toContain("axis");
  expect(inForward(() => nabla.oneHot(nabla.argmax(nabla.parameter([2], nabla.zeros()) as never)))).toContain(
    "a value for each row",
  );
  expect(inForward((v) => nabla.sum(nabla.oneHot(nabla.discretize(v, 0)), -1))).toContain("attribute/range");
  const table = () => nabla.parameter([1, 2], nabla.zeros());
  expect(inForward((v) => nabla.gather(table() as never, loose(nabla.argmax(v))))).toContain("shape/classes");
});
