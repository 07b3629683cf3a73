/** Each optimiser for 20 steps against plain loops written from its paper. */
import { adam, constant, meanSquaredError, model, momentum, mul, type Optimizer, parameter, sgd } from "nabla";
import { expect, test } from "vitest";
import { buildProgram } from "../../compiler/dsl/program.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { expectClose, initialStates } from "./support.ts";

const steps = 20;
const inputs = Array.from({ length: steps }, (_, t) => [Math.sin(t + 1), Math.cos(3 * t), 0.3]);
const targets = Array.from({ length: steps }, (_, t) => [Math.cos(t), 0.75, -1]);

/** w after each step, of y = w * x under the mean squared error of one row. */
function train(optimizer: Optimizer): Float64Array[] {
  const program = buildProgram(
    model({
      inputs: { x: [3] },
      targets: { y: [3] },
      batch: 1,
      forward: ({ x }) => ({ y: mul(x, parameter([3], constant(0.5), { name: "w" })) }),
      loss: (outputs, { y }) => meanSquaredError(outputs.y, y),
      optimizer,
    }),
    { dtype: "f64" },
  );
  let states = initialStates(program);
  return inputs.map((x, t) => {
    const leaves = new Map<string, ArrayLike<number>>(states).set("x", x).set("y", targets[t]!);
    states = interpret(program.step, { rows: 1, leaves }).updates;
    return states.get("w")!;
  });
}

/** The same by hand: `move` gives the new element from the old one, its gradient, and the step from 1. */
function trainByHand(createMove: () => (w: number, g: number, t: number) => number): number[][] {
  const w = [0.5, 0.5, 0.5];
  const moves = w.map(createMove);
  return inputs.map((x, t) => {
    moves.forEach((move, i) => {
      const gradient = (2 / 3) * (w[i]! * x[i]! - targets[t]![i]!) * x[i]!;
      w[i] = move(w[i]!, gradient, t + 1);
    });
    return [...w];
  });
}

const byHand: [name: string, optimizer: Optimizer, () => (w: number, g: number, t: number) => number][] = [
  ["sgd", sgd({ rate: 0.1 }), () => (w, g) => w - 0.1 * g],
  [
    "momentum",
    momentum({ rate: 0.05 }),
    () => {
      let velocity = 0;
      return (w, g) => {
        velocity = 0.9 * velocity + g;
        return w - 0.05 * velocity;
      };
    },
  ],
  ["adam", adam(), () => adamByHand(1e-3, 0.9, 0.999, 1e-8)],
  [
    "adam, all options",
    adam({ rate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-2 }),
    () => adamByHand(0.02, 0.8, 0.95, 1e-2),
  ],
];

/** Kingma and Ba 2015, algorithm 1, line by line. */
function adamByHand(rate: number, beta1: number, beta2: number, epsilon: number) {
  let m = 0;
  let v = 0;
  return (w: number, g: number, t: number) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const meanEstimate = m / (1 - beta1 ** t);
    const powerEstimate = v / (1 - beta2 ** t);
    return w - (rate * meanEstimate) / (Math.sqrt(powerEstimate) + epsilon);
  };
}

test.each(byHand)("%s", (_name, optimizer, createMove) => {
  const expected = trainByHand(createMove);
  train(optimizer).forEach((w, t) => {
    expectClose(w, expected[t]!, 1e-10);
  });
});

test("Adam's first step is the rate, whatever the gradient: its bias correction is exact from the start", () => {
  const [first] = train(adam({ rate: 0.25, epsilon: 1e-20 }));
  expectClose(
    first!.map((w) => Math.abs(w - 0.5)),
    [0.25, 0.25, 0.25],
    1e-15,
  );
});

test("optimisers state what they keep", () => {
  const keeps = ({ slots, shared }: Optimizer) => [Object.keys(slots), Object.keys(shared)];
  expect(keeps(sgd({ rate: 1 }))).toEqual([[], []]);
  expect(keeps(momentum({ rate: 1 }))).toEqual([["v"], []]);
  expect(keeps(adam())).toEqual([
    ["m", "v"],
    ["c1", "c2"],
  ]);
});
