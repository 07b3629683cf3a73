/** `trainable` and `rate` of normalisation and learnable activations: what is frozen costs nothing, the rest moves by its rate. */
import {
  adam,
  add,
  batchNorm,
  layerNorm,
  meanSquaredError,
  model,
  type Optimizer,
  prelu,
  sgd,
  swish,
  type Tensor,
} from "nabla";
import { describe, expect, test } from "vitest";
import { leafName, nodesOf } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { bound, errorsOf } from "./support.ts";

type Options = { readonly trainable?: boolean; readonly rate?: number };
type Part = (x: Tensor<[2]>, options: Options) => Tensor<[2]>;

const parts: [string, Part, parameters: string[]][] = [
  ["batchNorm", batchNorm, ["part.gamma", "part.beta"]],
  ["layerNorm", layerNorm, ["part.gamma", "part.beta"]],
  ["prelu per layer", prelu, ["part.slope"]],
  ["prelu per unit", (x, options) => prelu(x, { per: "unit", ...options }), ["part.slope"]],
  ["swish per layer", swish, ["part.beta"]],
  ["swish per unit", (x, options) => swish(x, { per: "unit", ...options }), ["part.beta"]],
];

/** Two parts of a kind: one with the options, one that learns beside it. */
const programOf = (part: Part, options: Options, optimizer: Optimizer) =>
  buildProgram(
    model({
      inputs: { x: [2] },
      targets: { t: [2] },
      batch: 3,
      forward: ({ x }) => {
        const first = bound("part", () => part(x, options));
        const second = bound("rest", () => part(x, {}));
        return { y: add(first, second) };
      },
      loss: ({ y }, { t }) => meanSquaredError(y, t),
      optimizer,
    }),
    { dtype: "f64" },
  );

const leaves = { x: [1.5, -2, 0.25, 3, -1, 0.5], t: [0.5, 1, -1, 0.25, 2, -0.5] };

/** The parameters after a step from their first values. */
function stepped(part: Part, options: Options) {
  const { init, step } = programOf(part, options, sgd({ rate: 0.1 }));
  const start = interpret(init, { rows: 1, leaves: new Map() }).updates;
  const given = new Map<string, ArrayLike<number>>([...Object.entries(leaves), ...start]);
  return { start, end: interpret(step, { rows: 3, leaves: given }).updates };
}

describe.each(parts)("%s", (_name, part, parameters) => {
  test("frozen: no gradient, no optimiser state, no update", () => {
    const of = (trainable: boolean) => programOf(part, { trainable }, adam());
    const { step, states, gradients } = of(false);
    const names = states.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(parameters));
    expect(names.filter((name) => /^adam\..*\.part\./.test(name))).toEqual([]);
    expect([...gradients.keys()]).toEqual(parameters.map((name) => name.replace("part", "rest")));
    expect(step.updates.map(({ state }) => leafName(state))).not.toEqual(expect.arrayContaining([parameters[0]]));
    expect(nodesOf(step).length).toBeLessThan(nodesOf(of(true).step).length);
  });

  test("a rate scales how far a step goes", () => {
    const [whole, quarter] = [stepped(part, {}), stepped(part, { rate: 0.25 })];
    for (const name of parameters) {
      const moves = [whole, quarter].map(({ start, end }) =>
        [...end.get(name)!].map((v, i) => v - start.get(name)![i]!),
      );
      moves[0]!.forEach((move, i) => {
        expect(Math.abs(move)).toBeGreaterThan(1e-6);
        expect(moves[1]![i]).toBeCloseTo(move / 4, 13);
      });
    }
    const rest = (name: string) => name.replace("part", "rest");
    for (const name of parameters) expect(quarter.end.get(rest(name))).toEqual(whole.end.get(rest(name)));
  });
});

test("the moving averages of a frozen batch normalisation still follow the batches", () => {
  const { step } = programOf(batchNorm, { trainable: false }, adam());
  const moved = step.updates.map(({ state }) => leafName(state)).filter((name) => name.startsWith("part."));
  expect(moved).toEqual(["part.mean", "part.variance"]);
});

test("the step of a frozen swish holds nothing of its gradient", () => {
  const program = buildProgram(
    model({
      inputs: { x: [2] },
      targets: { t: [2] },
      batch: 3,
      forward: ({ x }) => ({ y: prelu(swish(x, { name: "fixed", trainable: false }), { name: "learnt" }) }),
      loss: ({ y }, { t }) => meanSquaredError(y, t),
      optimizer: sgd({ rate: 0.1 }),
    }),
  );
  expect(printGraph(program.step)).toMatchInlineSnapshot(`
    "graph step(x: f32[n,2], t: f32[n,2]; fixed.beta: f32[], learnt.slope: f32[])
      %1: f32[n,2] = mul fixed.beta x
      %2: f32[n,2] = sigmoid %1
      %3: f32[n,2] = mul x %2
      %4: bool[n,2] = gt %3 0
      %5: f32[n,2] = mul learnt.slope %3
      %6: f32[n,2] = select %4 %3 %5
      %7: f32[n,2] = sub %6 t
      %8: f32[n,2] = mul %7 %7
      %9: f32[] = sum %8 axes=[0,1] keep=false
      %10: f32[] = div %9 2
      %11: f32[] = rows
      %12: f32[] = div %10 %11
      %13: f32[n,2] = mul %7 %3
      %14: f32[] = div 1 %11
      %15: f32[n,2] = mul %13 %14
      %16: f32[n,2] = select %4 0 %15
      %17: f32[] = sum %16 axes=[0,1] keep=false
      %18: f32[] = mul 0.1 %17
      %19: f32[] = sub learnt.slope %18
      %20: f32[] = abs %19
      %21: bool[] = lt %20 1.1754943508222875e-38
      %22: f32[] = select %21 0 %19
      update learnt.slope = %22
      return loss = %12"
  `);
});

test("refuses a rate that is not positive, and what is no choice", () => {
  const build = (options: object) => errorsOf(() => programOf(batchNorm, options, adam()));
  expect(build({ rate: 0 })).toContain("batchNorm: rate is out of range");
  expect(build({ trainable: "no" })).toContain("batchNorm: trainable is out of range");
});
