/** Each optimiser for 20 steps of a small net as Wasm, against plain float64 written from its paper. */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  constant,
  lion,
  meanSquaredError,
  model,
  momentum,
  mul,
  nadam,
  type Optimizer,
  parameter,
  rmsprop,
  sgd,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { loopModule } from "../support/run-loops.ts";
import { type Move, netModel, trainAsWasm, trainByHand, worstError } from "./plain-net.ts";
import * as plain from "./plain-optimizers.ts";

const onWeights = (name: string) => name.endsWith("weight");
const every = (move: () => Move) => () => move();
const rms = { rate: 1e-3, rho: 0.9, mu: 0, centered: false, epsilon: 1e-8 };

const cases: [name: string, optimizer: Optimizer, byHand: (parameter: string) => Move][] = [
  ["sgd", sgd({ rate: 0.1 }), every(() => plain.sgd(0.1))],
  ["momentum", momentum({ rate: 0.05 }), every(() => plain.momentum(0.05, 0.9))],
  ["momentum 0.5", momentum({ rate: 0.05, momentum: 0.5 }), every(() => plain.momentum(0.05, 0.5))],
  ["nesterov", momentum({ rate: 0.05, nesterov: true }), every(() => plain.nesterov(0.05, 0.9))],
  ["adagrad", adagrad(), every(() => plain.adagrad(0.01, 1e-10, 0))],
  [
    "adagrad, all options",
    adagrad({ rate: 0.1, epsilon: 0.01, start: 0.1 }),
    every(() => plain.adagrad(0.1, 0.01, 0.1)),
  ],
  ["adadelta", adadelta(), every(() => plain.adadelta(1, 0.95, 1e-6))],
  [
    "adadelta, all options",
    adadelta({ rate: 0.5, rho: 0.8, epsilon: 1e-3 }),
    every(() => plain.adadelta(0.5, 0.8, 1e-3)),
  ],
  ["rmsprop", rmsprop(), every(() => plain.rmsprop(rms))],
  ["rmsprop with momentum", rmsprop({ momentum: 0.8 }), every(() => plain.rmsprop({ ...rms, mu: 0.8 }))],
  ["rmsprop, centred", rmsprop({ centered: true }), every(() => plain.rmsprop({ ...rms, centered: true }))],
  [
    "rmsprop, all options",
    rmsprop({ rate: 0.01, rho: 0.95, momentum: 0.7, centered: true, epsilon: 0.01 }),
    every(() => plain.rmsprop({ rate: 0.01, rho: 0.95, mu: 0.7, centered: true, epsilon: 0.01 })),
  ],
  ["adam", adam(), every(() => plain.adam(() => 1e-3, 0.9, 0.999, 1e-8))],
  [
    "adam, all options",
    adam({ rate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-2 }),
    every(() => plain.adam(() => 0.02, 0.8, 0.95, 1e-2)),
  ],
  [
    "adamW",
    adamW({ rate: 0.01 }),
    (name) => {
      const move = plain.adam(() => 0.01, 0.9, 0.999, 1e-8);
      return onWeights(name) ? plain.decayed(move, () => 0.01, 0.01) : move;
    },
  ],
  ["nadam", nadam({ rate: 2e-3 }), every(() => plain.nadam(2e-3, 0.9, 0.999, 1e-8))],
  [
    "nadam, all options",
    nadam({ rate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-2 }),
    every(() => plain.nadam(0.02, 0.8, 0.95, 1e-2)),
  ],
  ["lion", lion({ rate: 1e-3 }), every(() => plain.lion(1e-3, 0.9, 0.99))],
  [
    "lion, all options",
    lion({ rate: 0.01, beta1: 0.5, beta2: 0.8, weightDecay: 0.3 }),
    (name) => {
      const move = plain.lion(0.01, 0.5, 0.8);
      return onWeights(name) ? plain.decayed(move, () => 0.01, 0.3) : move;
    },
  ],
  [
    "sgd with weight decay",
    sgd({ rate: 0.1, weightDecay: 0.2 }),
    (name) => (onWeights(name) ? plain.decayed(plain.sgd(0.1), () => 0.1, 0.2) : plain.sgd(0.1)),
  ],
];

test.each(cases)("%s", async (_name, optimizer, move) => {
  const expected = trainByHand({ move });
  for (const dtype of ["f64", "f32"] as const) {
    expect(worstError(dtype, await trainAsWasm(dtype, optimizer), expected), dtype).toBeLessThanOrEqual(1);
  }
});

/** y = w * x of three numbers, for gradients that a test sets: d loss / d w = (2 / 3) (w x - y) x. */
async function product(optimizer: Optimizer, dtype: "f32" | "f64" = "f64") {
  const built = await compile(
    model({
      inputs: { x: [3] },
      targets: { y: [3] },
      batch: 1,
      forward: ({ x }) => ({ y: mul(x, parameter([3], constant(0.5), { name: "w" })) }),
      loss: (outputs, { y }) => meanSquaredError(outputs.y, y),
      optimizer,
    }),
    { dtype },
  );
  return load(built.wasm as Uint8Array<ArrayBuffer>);
}

describe("where a gradient is 0 or does not change", () => {
  test("Adam's first step is the rate, whatever the gradient: its bias correction is exact from the start", async () => {
    for (const optimizer of [adam({ rate: 0.25, epsilon: 1e-20 }), nadam({ rate: 0.25, epsilon: 1e-20, beta1: 0 })]) {
      const net = await product(optimizer);
      net.step({ x: [1, 2, -3] }, { y: [1e-3, 5, 1e3] });
      for (const w of net.parameters.w!) expect(Math.abs(Math.abs(w - 0.5) - 0.25)).toBeLessThan(1e-15);
    }
  });

  const all = { adagrad, adadelta, rmsprop, adam, adamW: () => adamW({ weightDecay: 0 }), nadam, lion };
  test.each(Object.entries(all))("%s: an element without a gradient stays as it is", async (_name, optimizer) => {
    const net = await product(optimizer());
    for (let t = 0; t < 3; t++) net.step({ x: [0, 1, 0] }, { y: [1, 1, 1] });
    const [first, second, third] = net.parameters.w!;
    expect([first, third]).toEqual([0.5, 0.5]);
    expect(second).toBeGreaterThan(0.5);
  });

  test("a centred variance that rounding takes below 0 is no NaN", async () => {
    const net = await product(rmsprop({ rate: 1e-30, centered: true, rho: 0.99 }), "f32");
    for (let t = 0; t < 2000; t++) net.step({ x: [1, 1.1, 3.3] }, { y: [0.3, 0.7, 0.1] });
    expect([...net.parameters.w!].every(Number.isFinite)).toBe(true);
    const [v, m] = [net.optimizer["rmsprop.v.w"]!, net.optimizer["rmsprop.m.w"]!];
    const variances = [0, 1, 2].map((i) => Math.fround(v[i]! - Math.fround(m[i]! * m[i]!)));
    expect(Math.min(...variances), "the case is there").toBeLessThan(0);
  });
});

test("optimisers keep no more than they say", () => {
  const keeps = ({ slots, shared }: Optimizer) => [...Object.keys(slots), ...Object.keys(shared)].join(" ");
  const optimizers = {
    ...{ sgd: sgd({ rate: 1 }), momentum: momentum({ rate: 1 }), adagrad: adagrad(), adadelta: adadelta() },
    ...{ rmsprop: rmsprop(), rmspropWithAll: rmsprop({ centered: true, momentum: 0.9 }) },
    ...{ adam: adam(), adamW: adamW(), nadam: nadam(), lion: lion() },
  };
  expect(Object.fromEntries(Object.entries(optimizers).map(([name, one]) => [name, keeps(one)]))).toEqual({
    ...{ sgd: "", momentum: "v", adagrad: "s", adadelta: "v u" },
    ...{ rmsprop: "v", rmspropWithAll: "v m b" },
    ...{ adam: "m v c1 c2", adamW: "m v c1 c2", nadam: "m v c1 c2", lion: "m" },
  });
});

describe("updates are computed where the gradient is made", () => {
  /** Bytes of every temporary that is more than a number, and how many states are staged. */
  const memory = (optimizer: Optimizer) => {
    const { step, batch } = buildProgram(netModel(optimizer));
    const { temporaries, copies } = loopModule(step, { batch, dtype: "f32" }).compiled.plan.assignment;
    return { temporaries: temporaries.map(({ bytes }) => bytes).filter((bytes) => bytes > 4), copies: copies.length };
  };
  const plainDescent = memory(sgd({ rate: 0.1 }));

  test.each(cases)("%s: no temporary and no copy that plain descent has not", (_name, optimizer) => {
    expect(memory(optimizer)).toEqual(plainDescent);
    expect(plainDescent.copies).toBe(0);
  });
});
