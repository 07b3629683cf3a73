/** Derivatives in the model file: their values, of any order; training through them; what has no derivative. */
import {
  adam,
  add,
  batchMean,
  batchNorm,
  dense,
  grad,
  model,
  mul,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { errorsOf, expectClose, expectGradient, perRow, run } from "./support.ts";

type X = Tensor<[2]>;
const x = [0.5, -1.25, 2, 0.75, -0.3, 1.5];
const given = perRow(2, x);

describe("values", () => {
  test("of each order of sin(3 x)", () => {
    const wave = (x: X) => sin(mul(3, x));
    const first = (x: X) => grad(wave(x), x);
    expectClose(
      run((x: X) => grad(wave(x), x), given),
      x.map((v) => 3 * Math.cos(3 * v)),
    );
    const second = (x: X) => grad(first(x), x);
    expectClose(
      run(second, given),
      x.map((v) => -9 * Math.sin(3 * v)),
    );
    expectClose(
      run((x: X) => grad(second(x), x), given),
      x.map((v) => -27 * Math.cos(3 * v)),
      1e-12,
    );
  });
  test("each row by itself, through a sum over its elements", () => {
    const product = run((x: X) => grad(square(sum(x)), x), given);
    expectClose(
      product,
      [0, 0, 1, 1, 2, 2].map((row) => 2 * (x[2 * row]! + x[2 * row + 1]!)),
    );
  });
  test("can be differentiated, as central differences say", () =>
    expectGradient((x: X) => mul(grad(tanh(mul(x, square(x))), x), x), given));
});

const fitted = (hidden: (x: Tensor<[3]>) => Tensor<[3]>) =>
  model({
    inputs: { x: [1] },
    targets: { slope: [1] },
    batch: 8,
    forward: ({ x }) => {
      const y = dense(tanh(hidden(dense(x, 3))), 1);
      return { y, slope: grad(y, x) };
    },
    loss: ({ y, slope }, targets) => batchMean(square(sub(sub(slope, targets.slope), mul(0.1, y)))),
    optimizer: adam({ rate: 0.01 }),
  });

test("training differentiates through it: gradients of the loss, as central differences say", () => {
  const program = buildProgram(
    fitted((x) => x),
    { dtype: "f64" },
  );
  for (const rows of [1, 3, 8]) expectModelGradients(program, rows);
});

test("in the loss, which gets the inputs: the residual of an equation that inference does not compute", () => {
  const heat = model({
    inputs: { x: [1], t: [1] },
    targets: {},
    batch: 8,
    forward: ({ x, t }) => ({ u: dense(tanh(add(dense(x, 5), dense(t, 5, { bias: false }))), 1, { bias: false }) }),
    loss: ({ u }, _, { x, t }) => batchMean(square(sub(grad(u, t), grad(grad(u, x), x)))),
    optimizer: adam({ rate: 0.01 }),
  });
  const program = buildProgram(heat, { dtype: "f64" });
  for (const rows of [1, 8]) expectModelGradients(program, rows);
  expect(nodesOf(program.infer).some(({ op }) => op.name === "reduceSum" || op.name === "transpose")).toBe(false);
});

test("as Wasm, inference included: the slope is that of y", async () => {
  const source = fitted((x) => batchNorm(x));
  const net = await load((await compile(source, { dtype: "f64" })).wasm as Uint8Array<ArrayBuffer>);
  for (let step = 0; step < 20; step++) net.step({ x: [-1, 0.5, 2] }, { slope: [1, 0, -1] });
  const built = await compile(source, { mode: "infer", dtype: "f64", weights: net.parameters });
  const shipped = await load(built.wasm as Uint8Array<ArrayBuffer>);
  const at = (x: number) => shipped.infer({ x: [x] });
  expect(at(0.3).slope![0]).toBeCloseTo((at(0.3001).y![0]! - at(0.2999).y![0]!) / 0.0002, 6);
  expect(at(0.3).slope![0]).toBeCloseTo(net.infer({ x: [0.3] }).slope![0]!, 10);
});

test("a value that y was not computed from", () => {
  const wrong = fitted((x) => x);
  const build = (of: (x: Tensor<[1]>) => [Tensor<[1]>, Tensor<[1]>]) => () =>
    buildProgram(model({ ...wrong.spec, forward: ({ x }) => ({ y: dense(x, 1), slope: grad(...of(x)) }) }));
  expect(errorsOf(build((x) => [square(x), mul(2, x)]))).toMatchInlineSnapshot(`
    "grad/independent
      grad: y does not depend on x
        expected  a value that y was computed from
        got       f32[n,1] (mul), and y is f32[n,1] (mul)
      Pass the very value that y was computed from; what is computed a second time is another one."
  `);
});
