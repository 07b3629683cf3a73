/**
 * A net of 3 - tanh 4 - 2 under the mean squared error, twice: as a model whose steps run as Wasm, and in plain float64 with
 * the chain rule written out. What an optimiser does with the gradients is given to both.
 */
import { type DenseOptions, dense, meanSquaredError, model, type Optimizer, type Regularizer, tanh } from "nabla";
import { load } from "nabla/runtime";
import { compile } from "../../compiler/compile.ts";
import type { FloatType } from "../../compiler/graph/types.ts";

const [inputs, hidden, outputs] = [3, 4, 2];
export const steps = 20;
const rows = 5;

export type Values = Readonly<Record<string, readonly number[]>>;

/** Numbers that an f32 holds, so that both element types start alike. */
const numbers = (count: number, seed: number, scale = 1): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(scale * Math.sin(seed + 1.7 * i)));

export const start: Values = {
  "hidden.weight": numbers(inputs * hidden, 1, 0.7),
  "hidden.bias": numbers(hidden, 2, 0.3),
  "out.weight": numbers(hidden * outputs, 3, 0.7),
  "out.bias": numbers(outputs, 4, 0.3),
};

const batches = Array.from({ length: steps }, (_, t) => ({
  x: numbers(rows * inputs, 10 + t),
  y: numbers(rows * outputs, 50 + 3 * t, 1.5),
}));

export interface NetOptions {
  readonly hidden?: DenseOptions;
  readonly regularize?: Regularizer;
}

export const netModel = (optimizer: Optimizer, options: NetOptions = {}) =>
  model({
    inputs: { x: [inputs] },
    targets: { y: [outputs] },
    batch: 8,
    forward: ({ x }) => ({
      y: dense(tanh(dense(x, hidden, { name: "hidden", ...options.hidden })), outputs, { name: "out" }),
    }),
    loss: ({ y }, targets) => meanSquaredError(y, targets.y),
    optimizer,
    ...(options.regularize && { regularize: options.regularize }),
  });

/** The net as Wasm at `start`, and its step on the rows of number t. */
export async function wasmNet(dtype: FloatType, optimizer: Optimizer, options?: NetOptions) {
  const net = await load((await compile(netModel(optimizer, options), { dtype })).wasm as Uint8Array<ArrayBuffer>);
  for (const [name, values] of Object.entries(start)) net.parameters[name]!.set(values);
  return { net, step: (t: number) => net.step({ x: batches[t]!.x }, { y: batches[t]!.y }, rows) };
}

/** The parameters after all steps. */
export async function trainAsWasm(dtype: FloatType, optimizer: Optimizer, options?: NetOptions): Promise<Values> {
  const { net, step } = await wasmNet(dtype, optimizer, options);
  for (let t = 0; t < steps; t++) step(t);
  return Object.fromEntries(Object.keys(start).map((name) => [name, [...net.parameters[name]!]]));
}

/** What a step makes of one element: t counts from 1. */
export type Move = (w: number, g: number, t: number) => number;

export interface Plain {
  /** A fresh one for each element, given its parameter's name. */
  move(name: string): Move;
  /** What becomes of the gradients of a step at parameters p before that. */
  readonly change?: (gradients: Values, p: Values) => Values;
}

/** The same by hand. */
export function trainByHand({ move, change = (gradients) => gradients }: Plain): Values {
  let p = start;
  const moves = mapValues(start, (values, name) => values.map(() => move(name)));
  batches.forEach((batch, t) => {
    const g = change(gradientsByHand(p, batch), p);
    p = mapValues(p, (values, name) => values.map((w, i) => moves[name]![i]!(w, g[name]![i]!, t + 1)));
  });
  return p;
}

export const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A, name: string) => B) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));

/** d/dp of the mean over rows and outputs of (out - y)^2, at the rows of step t. */
function gradientsByHand(p: Values, { x, y }: { x: readonly number[]; y: readonly number[] }): Values {
  const g = mapValues(p, (values) => values.map(() => 0));
  for (let row = 0; row < rows; row++) {
    const h = range(hidden).map((j) =>
      Math.tanh(
        p["hidden.bias"]![j]! + total(inputs, (i) => x[row * inputs + i]! * p["hidden.weight"]![i * hidden + j]!),
      ),
    );
    const slopes = range(outputs).map((k) => {
      const out = p["out.bias"]![k]! + total(hidden, (j) => h[j]! * p["out.weight"]![j * outputs + k]!);
      return (2 * (out - y[row * outputs + k]!)) / (rows * outputs);
    });
    slopes.forEach((slope, k) => {
      g["out.bias"]![k]! += slope;
      h.forEach((value, j) => {
        g["out.weight"]![j * outputs + k]! += slope * value;
      });
    });
    h.forEach((value, j) => {
      const slope = (1 - value ** 2) * total(outputs, (k) => slopes[k]! * p["out.weight"]![j * outputs + k]!);
      g["hidden.bias"]![j]! += slope;
      for (let i = 0; i < inputs; i++) g["hidden.weight"]![i * hidden + j]! += slope * x[row * inputs + i]!;
    });
  }
  return g;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const total = (count: number, term: (i: number) => number): number => range(count).reduce((sum, i) => sum + term(i), 0);

/** The largest error over what is allowed: at most 1 where all is well. */
export function worstError(dtype: FloatType, got: Values, expected: Values): number {
  const allowed = (p: number): number => (dtype === "f64" ? 1e-11 + 1e-10 * Math.abs(p) : 5e-6);
  const errors = Object.entries(expected).flatMap(([name, values]) =>
    values.map((p, i) => Math.abs(got[name]![i]! - p) / allowed(p)),
  );
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
}
