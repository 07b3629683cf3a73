/**
 * A choice means the choice: the derivative is that of what was taken, over zeros, tiny, huge and infinite numbers, in the adjoint
 * as built, simplified, and as Wasm, and so is the derivative of the derivative.
 */
import * as nabla from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { type Graph, reachable } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import * as ops from "../../compiler/ops/index.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { graphModule } from "../support/run-graph.ts";

type Value = nabla.Tensor<[]>;
type Slope = (x: number) => number;
interface Case {
  readonly f: (x: Value) => Value;
  readonly slope: Slope;
  /** Left out where it is no finite function of x anywhere interesting. */
  readonly second?: Slope;
  /** Whether digits cancel, as in 1 - tanh^2 far out, so that the error is small beside 1 alone. */
  readonly cancels?: true;
}

const { where, greater, less, notEqual, sqrt, log, exp, div, mul, add, sub, sin, pow, minimum, maximum, abs, relu } =
  nabla;
const sigma = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const flat = () => 0;

const cases: Record<string, Case> = {
  "where(x > 0, sqrt x, 0)": {
    f: (x) => where(greater(x, 0), sqrt(x), 0),
    slope: (x) => (x > 0 ? 0.5 / Math.sqrt(x) : 0),
    second: (x) => (x > 0 ? -0.25 / Math.sqrt(x) / x : 0),
  },
  "where(x < 1, x, sqrt x)": {
    f: (x) => where(less(x, 1), x, sqrt(x)),
    slope: (x) => (x < 1 ? 1 : 0.5 / Math.sqrt(x)),
    second: (x) => (x < 1 ? 0 : -0.25 / Math.sqrt(x) / x),
  },
  "where(x > 0, x log x, 0)": {
    f: (x) => where(greater(x, 0), mul(x, log(x)), 0),
    slope: (x) => (x > 0 ? Math.log(x) + 1 : 0),
    second: (x) => (x > 0 ? 1 / x : 0),
  },
  "where(x != 0, 1 / x, 0)": {
    f: (x) => where(notEqual(x, 0), div(1, x), 0),
    slope: (x) => (x !== 0 ? -1 / x / x : 0),
  },
  "where(|x| < 100, sin x / x, 1)": {
    cancels: true,
    f: (x) => where(nabla.and(less(abs(x), 100), notEqual(x, 0)), div(sin(x), x), 1),
    slope: (x) =>
      Math.abs(x) < 100 && x !== 0 ? (Math.abs(x) < 1e-4 ? -x / 3 : (Math.cos(x) - Math.sin(x) / x) / x) : 0,
  },
  "where(x > 5, x, e + e e), e = exp x": {
    f: (x) => {
      const e = exp(x);
      return where(greater(x, 5), x, add(e, mul(e, e)));
    },
    slope: (x) => (x > 5 ? 1 : Math.exp(x) + 2 * Math.exp(2 * x)),
    second: (x) => (x > 5 ? 0 : Math.exp(x) + 4 * Math.exp(2 * x)),
  },
  "a choice inside a choice": {
    f: (x) => where(greater(x, 0), where(less(x, 5), sqrt(sub(5, x)), div(1, x)), sub(1, log(sub(1, x)))),
    slope: (x) => (x > 0 ? (x < 5 ? -0.5 / Math.sqrt(5 - x) : -1 / x / x) : 1 / (1 - x)),
  },
  "a choice under functions that are flat there": {
    cancels: true,
    f: (x) => nabla.tanh(add(1, where(greater(x, 0), sqrt(x), mul(x, 0)))),
    slope: (x) => (x > 0 ? (0.5 / Math.sqrt(x)) * (1 - Math.tanh(1 + Math.sqrt(x)) ** 2) : 0),
  },
  "minimum(exp x, 10)": {
    f: (x) => minimum(exp(x), 10),
    slope: (x) => (Math.exp(x) <= 10 ? Math.exp(x) : 0),
    second: (x) => (Math.exp(x) <= 10 ? Math.exp(x) : 0),
  },
  "x^3 clamped to -8 and 8": {
    f: (x) => minimum(maximum(mul(mul(x, x), x), -8), 8),
    slope: (x) => (x >= -2 && x <= 2 ? 3 * x * x : 0),
    second: (x) => (x >= -2 && x <= 2 ? 6 * x : 0),
  },
  "maximum(log x, -2)": { f: (x) => maximum(log(x), -2), slope: (x) => (x < Math.exp(-2) ? 0 : 1 / x) },
  "relu(log x)": { f: (x) => relu(log(maximum(x, 0))), slope: (x) => (x > 1 ? 1 / x : 0) },
  "relu(x^3)": { f: (x) => relu(mul(mul(x, x), x)), slope: (x) => (x > 0 ? 3 * x * x : 0) },
  "|sqrt(max(x, 0))|": {
    f: (x) => abs(sqrt(maximum(x, 0))),
    slope: (x) => (x > 0 ? 0.5 / Math.sqrt(x) : 0),
  },
  "x^0": { f: (x) => pow(x, where(notEqual(x, x), x, 0)), slope: flat },
  "where(x > 0, x^0.5, 0)": {
    f: (x) => where(greater(x, 0), pow(x, 0.5), 0),
    slope: (x) => (x > 0 ? 0.5 / Math.sqrt(x) : 0),
  },
  "swish by exp": {
    f: (x) => div(x, add(1, exp(mul(x, -1)))),
    slope: (x) => sigma(x) + (Math.abs(x) < 1e4 ? x * sigma(x) * sigma(-x) : 0),
  },
  "logistic by exp": { f: (x) => div(1, add(exp(nabla.neg(x)), 1)), slope: (x) => sigma(x) * sigma(-x) },
  "1 / (1 - e^x)": {
    f: (x) => where(greater(abs(x), 0.5), div(1, sub(1, exp(x))), 0),
    slope: (x) => (Math.abs(x) > 0.5 ? 1 / (Math.exp(x / 2) - Math.exp(-x / 2)) ** 2 : 0),
  },
  "ln(1 + e^x)": { cancels: true, f: (x) => log(add(1, exp(x))), slope: sigma, second: (x) => sigma(x) * sigma(-x) },
  "log1p(e^x)": { f: (x) => nabla.log1p(exp(x)), slope: sigma },
  "tanh(e^x)": {
    cancels: true,
    f: (x) => nabla.tanh(exp(x)),
    slope: (x) => (x > 5 ? 0 : Math.exp(x) * (1 - Math.tanh(Math.exp(x)) ** 2)),
  },
  "e^-(e^x)": {
    f: (x) => exp(nabla.neg(exp(x))),
    slope: (x) => (x > 10 ? 0 : -Math.exp(x - Math.exp(x))),
  },
  "tanh(x^3)": {
    cancels: true,
    f: (x) => nabla.tanh(pow(x, 3)),
    slope: (x) => (Math.abs(x) > 10 ? 0 : 3 * x * x * (1 - Math.tanh(x ** 3) ** 2)),
  },
  "sigmoid(x x x)": {
    cancels: true,
    f: (x) => nabla.sigmoid(mul(mul(x, x), x)),
    slope: (x) => (Math.abs(x) > 10 ? 0 : 3 * x * x * sigma(x ** 3) * sigma(-(x ** 3))),
  },
  "1 / (1 + x^2)": {
    f: (x) => div(1, add(1, mul(x, x))),
    slope: (x) => (Math.abs(x) > 1e100 ? 0 : (-2 * x) / (1 + x * x) ** 2),
  },
  "gelu by tanh": {
    cancels: true,
    f: (x) => nabla.gelu(x, { approximate: "tanh" }),
    slope(x) {
      if (Math.abs(x) > 10) return x > 0 ? 1 : 0;
      const [scale, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
      const t = Math.tanh(scale * (x + cubic * x ** 3));
      return (1 + t) / 2 + (x / 2) * (1 - t * t) * scale * (1 + 3 * cubic * x * x);
    },
  },
  "relu(1 - x^4)": {
    f: (x) => relu(sub(1, nabla.square(nabla.square(x)))),
    slope: (x) => (Math.abs(x) < 1 ? -4 * x ** 3 : 0),
  },
  "1 / e^x": { f: (x) => div(1, exp(x)), slope: (x) => -Math.exp(-x) },
  "mish by exp": {
    cancels: true,
    f: (x) => mul(x, nabla.tanh(log(add(1, exp(x))))),
    slope: (x) => {
      const t = Math.tanh(x > 30 ? x : Math.log1p(Math.exp(x)));
      return t + (Math.abs(x) < 1e3 ? x * (1 - t * t) * sigma(x) : 0);
    },
  },
};

const huge = { f32: [1e10, 1e20, 3e38], f64: [1e10, 1e160, 1e308] };
const tiny = { f32: [1.2e-38, 1e-20], f64: [2.3e-308, 1e-160] };
const everyday = [1e-3, 0.3, 1, 1.5, 2, 4, 5, 7, 12, 30, 80, 87, 89, 95, 103, 200, 700, 708, 712, 750, 1e4];

const gridOf = (dtype: "f32" | "f64"): number[] => {
  const sizes = [...tiny[dtype], ...everyday, ...huge[dtype]].map((x) => (dtype === "f32" ? Math.fround(x) : x));
  return [0, -0, ...sizes, ...sizes.map((x) => -x)];
};

/** The sum's derivative, so that each row has its own. */
const derivative = (y: Node, x: Node): Node =>
  gradients(y, [x], ops.broadcast(ops.scalar(1, y.type.dtype), y.type.dims))[0]!;

function graphOf(dtype: "f32" | "f64", simple: boolean): Graph {
  const x = ops.input("x", { dtype, dims: ["n"] });
  const tidy = (slope: Node, of: Node): Node => (simple ? simplifyAdjoint([slope], [of])[0]! : slope);
  const outputs = Object.entries(cases).flatMap(([name, { f, second }]) => {
    const y = f(x as never) as unknown as Node;
    const dx = tidy(derivative(y, x), y);
    const first = [
      { name: `${name}: y`, node: y },
      { name: `${name}: dx`, node: dx },
    ];
    return second ? [...first, { name: `${name}: ddx`, node: tidy(derivative(dx, x), dx) }] : first;
  });
  return { name: "main", inputs: [x], states: [], outputs, updates: [] };
}

const wanted = Object.entries(cases).flatMap(([name, { slope, second, cancels = false }]) => [
  { name: `${name}: dx`, slope, cancels },
  ...(second ? [{ name: `${name}: ddx`, slope: second, cancels }] : []),
]);

/** Relative errors, and absolute ones where digits cancel and where numbers vanish. */
const bounds = {
  f32: { digits: 2e-5, cancelled: 4e-5, least: 1e-36 },
  f64: { digits: 1e-11, cancelled: 1e-13, least: 1e-300 },
};

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  const grid = gridOf(dtype);
  const leaves = new Map([["x", grid]]);
  const rows = grid.length;
  const results = new Map<string, Map<string, ArrayLike<number>>>();
  beforeAll(async () => {
    for (const simple of [false, true]) {
      const graph = graphOf(dtype, simple);
      if (dtype === "f64") results.set(`interpreted, ${simple}`, interpret(graph, { rows, leaves }).outputs);
      const module = await graphModule(graph, { batch: rows, dtype, simplify: simple });
      results.set(`Wasm, ${simple}`, module.run({ rows, leaves }).outputs);
    }
  });

  test.each(wanted)("$name", ({ name, slope, cancels }) => {
    const { digits, cancelled, least } = bounds[dtype];
    for (const [way, outputs] of results) {
      grid.forEach((x, i) => {
        const got = outputs.get(name)![i]!;
        const want = dtype === "f32" ? Math.fround(slope(x)) : slope(x);
        const error = got === want ? 0 : Math.abs(got - want);
        const bound = digits * Math.abs(want) + (cancels ? cancelled : least);
        expect(error, `${way} at ${x}: got ${got}, want ${want}`).toBeLessThanOrEqual(bound);
      });
    }
  });
});

/** Gradients of the sum of y by the leaves, as built, interpreted for 3 rows. */
function slopesOf(y: Node, leaves: Record<string, { node: Node; data: readonly number[] }>): Record<string, number[]> {
  const entries = Object.entries(leaves);
  const seed = ops.broadcast(ops.scalar(1, "f64"), y.type.dims);
  const slopes = gradients(
    y,
    entries.map(([, { node }]) => node),
    seed,
  );
  const outputs = entries.flatMap(([name], i) => (slopes[i] ? [{ name, node: slopes[i] }] : []));
  const graph: Graph = { name: "main", inputs: entries.map(([, { node }]) => node), states: [], outputs, updates: [] };
  const given = new Map(entries.map(([name, { data }]) => [name, data]));
  const results = interpret(graph, { rows: 3, leaves: given }).outputs;
  return Object.fromEntries([...results].map(([name, values]) => [name, [...values]]));
}

describe("choices that are lost sight of on the way", () => {
  const x = ops.input("x", { dtype: "f64", dims: ["n"] });
  const w = ops.input("w", { dtype: "f64", dims: [] });
  const [rows, weight] = [x as never as Value, w as never as nabla.Tensor<[], false>];

  test("a value that all rows share, taken in none of them", () => {
    const y = where(greater(rows, 5), sqrt(weight), 0) as never as Node;
    const at = (data: number[]) => slopesOf(y, { x: { node: x, data }, w: { node: w, data: [0] } }).w;
    expect(at([1, 2, 3])).toEqual([0]);
    expect(at([1, 2, 6])).toEqual([Number.POSITIVE_INFINITY]);
  });

  test("rows whose input is missing", () => {
    const y = where(nabla.equal(rows, rows), nabla.square(sub(mul(weight, rows), 1)), 0) as never as Node;
    const slopes = slopesOf(y, {
      x: { node: x, data: [2, Number.NaN, Number.NEGATIVE_INFINITY] },
      w: { node: w, data: [3] },
    });
    expect(slopes.x!.slice(0, 2)).toEqual([30, 0]);
    const finite = slopesOf(y, { x: { node: x, data: [2, Number.NaN, 1] }, w: { node: w, data: [3] } });
    expect(finite.w).toEqual([20 + 4]);
  });

  test("the largest of several, beside one with an infinite slope", () => {
    const pair = ops.input("pair", { dtype: "f64", dims: ["n", 2] });
    const y = nabla.max(nabla.sub(sqrt(pair as never as nabla.Tensor<[2]>), 0), 0) as never as Node;
    expect(slopesOf(y, { pair: { node: pair, data: [0, 4, 4, 0, 1, 1] } }).pair).toEqual([
      0, 0.25, 0.25, 0, 0.25, 0.25,
    ]);
  });

  test("a missing row through a product with a matrix of the rows taken", () => {
    const vectors = ops.input("vectors", { dtype: "f64", dims: ["n", 2] });
    const logs = log(vectors as never as nabla.Tensor<[2]>);
    const ones = ops.input("ones", { dtype: "f64", dims: [2, 1] });
    const product = nabla.reshape(nabla.matmul(logs, ones as never as nabla.Tensor<[2, 1], false>), []);
    const y = where(greater(product, Number.NEGATIVE_INFINITY), product, 0) as never as Node;
    const slopes = slopesOf(y, {
      vectors: { node: vectors, data: [1, 2, 0, 1, 4, 8] },
      ones: { node: ones, data: [1, 1] },
    });
    expect(slopes.vectors).toEqual([1, 0.5, 0, 0, 0.25, 0.125]);
  });
});

describe("masks cost nothing where no slope can be infinite", () => {
  test("of relu after batch statistics: one choice an element, which all that follows reads", () => {
    const x = ops.input("x", { dtype: "f32", dims: ["n", 4] });
    const [scale, shift] = ["scale", "shift"].map((name) => ops.state(name, { dtype: "f32", dims: [4] })) as [
      Node,
      Node,
    ];
    const y = ops.relu(ops.add(ops.mul(ops.matmul(x, ops.state("w", { dtype: "f32", dims: [4, 4] })), scale), shift));
    const slopes = simplifyAdjoint(gradients(ops.sum(y), [scale, shift]), [y]) as Node[];
    expect(reachable(slopes).filter(({ op }) => op.name === "select")).toHaveLength(1);
  });
});
