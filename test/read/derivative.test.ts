import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementwise } from "../../compiler/dsl/elementwise.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { derivativeGraph } from "../../compiler/read/scalar/derivative.ts";
import { printInfix } from "../../compiler/read/scalar/infix.ts";
import type { ScalarFunction } from "../../compiler/read/scalar/scalar.ts";

/** The value and the partial derivatives at a point. */
function evaluate(fn: ScalarFunction, graph: Graph, point: readonly number[]): number[] {
  const leaves = new Map(fn.parameters.map((name, i) => [name, [point[i]!]]));
  const { outputs } = interpret(graph, { rows: 1, leaves });
  return graph.outputs.map(({ name }) => outputs.get(name)![0]!);
}

/** Fourth-order central difference of f in argument i. */
function difference(f: (...args: number[]) => number, point: readonly number[], i: number): number {
  const h = 1e-3 * Math.max(1, Math.abs(point[i]!));
  const at = (step: number) => f(...point.map((x, j) => (j === i ? x + step : x)));
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

type Case = readonly [name: string, fn: (...args: number[]) => number, points: readonly (readonly number[])[]];

const cases: readonly Case[] = [
  [
    "swish",
    (x, b) => x! / (1 + Math.exp(-b! * x!)),
    [
      [0.3, 1],
      [-2, 1.5],
      [4, -0.5],
    ],
  ],
  ["mish", (x) => x! * Math.tanh(Math.log1p(Math.exp(x!))), [[-3], [0], [2.5]]],
  [
    "gelu by tanh",
    (x) => 0.5 * x! * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x! + 0.044715 * x! ** 3))),
    [[-1], [0.7], [3]],
  ],
  [
    "elu",
    (x, a) => (x! > 0 ? x! : a! * Math.expm1(x!)),
    [
      [0.5, 1],
      [-0.5, 1.7],
      [-4, 0.3],
    ],
  ],
  [
    "snake",
    (x, a) => x! + Math.sin(a! * x!) ** 2 / a!,
    [
      [1, 2],
      [-2, 0.5],
    ],
  ],
  [
    "huber",
    (x, d) => (Math.abs(x!) <= d! ? 0.5 * x! * x! : d! * (Math.abs(x!) - 0.5 * d!)),
    [
      [0.2, 1],
      [3, 1],
      [-2, 0.5],
    ],
  ],
  ["hard swish", (x) => (x! * Math.min(Math.max(x! + 3, 0), 6)) / 6, [[-4], [-1], [1], [5]]],
  [
    "powers",
    (x, y) => x! ** y! + y! ** 3 - x! ** -2,
    [
      [1.3, 0.7],
      [0.4, 2],
    ],
  ],
  [
    "log of a sum",
    (x, y) => Math.log(Math.exp(x!) + Math.exp(y!)),
    [
      [0, 1],
      [-2, 2],
    ],
  ],
  [
    "bump",
    (x, c, w) => Math.exp(-(((x! - c!) / w!) ** 2) / 2) * Math.cos(3 * x!),
    [
      [0.2, 0.5, 0.7],
      [1, -1, 2],
    ],
  ],
  ["root or square", (x) => (x! >= 1 ? Math.sqrt(x!) : x! < -1 ? 1 / x! : x! * x!), [[3], [0.3], [-0.5], [-2]]],
  [
    "within",
    (x, lo, hi) => (x! > lo! && !(x! >= hi!) ? x! * x! : x! < lo! || x! === hi! + 7 ? lo! * x! : hi!),
    [
      [0, -1, 1],
      [2, -1, 1],
      [-3, -1, 1],
    ],
  ],
  ["truncated", (x) => x! * Math.floor(x!) + Math.ceil(x!) * Math.sign(x!) + Math.trunc(x!), [[1.4], [-2.6]]],
  [
    "smallest of three",
    (a, b, c) => Math.min(a!, b! * b!, c! + a!),
    [
      [1, 2, 3],
      [5, 1, 3],
      [2, 3, -4],
    ],
  ],
  [
    "with statements",
    (x, k) => {
      const e = Math.exp(-Math.abs(x!));
      const slope = (t: number) => k! * t + e;
      if (x! > 1) return slope(x!);
      else if (x! < -1) {
        const y = slope(-x!);
        return y * y;
      }
      return Math.log1p(e) + slope(e);
    },
    [
      [2, 0.5],
      [-2, 0.5],
      [0.3, 3],
    ],
  ],
];

describe("symbolic derivatives agree with central differences in every argument", () => {
  test.each(cases)("%s", (_, fn, points) => {
    const { formula } = elementwise(fn);
    const graph = derivativeGraph(formula);
    for (const point of points) {
      const [y, ...partials] = evaluate(formula, graph, point);
      expect(y).toBeCloseTo(fn(...point), 12);
      partials.forEach((partial, i) => {
        const expected = difference(fn, point, i);
        expect(Math.abs(partial - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
      });
    }
  });
});

describe("a branch that is not taken has no say, even where its own derivative is infinite or NaN", () => {
  test.each<Case>([
    ["root", (x) => (x! > 0 ? Math.sqrt(x!) : 0), [[-1], [0]]],
    ["logarithm", (x) => (x! > 0 ? Math.log(x!) : 2 * x!), [[-1], [0]]],
    ["softplus that would overflow", (x) => (x! > 30 ? x! : Math.log(1 + Math.exp(x!))), [[800], [3]]],
    ["nested", (x) => (x! > 0 ? (x! < 5 ? Math.sqrt(5 - x!) : 1 / x!) : x! * x!), [[7], [0], [2]]],
  ])("%s", (_, fn, points) => {
    const { formula } = elementwise(fn);
    for (const point of points) {
      const [y, dx] = evaluate(formula, derivativeGraph(formula), point);
      expect(y).toBe(fn(...point));
      expect(dx).not.toBeNaN();
      if (point[0] !== 0) expect(Math.abs(dx! - difference(fn, point, 0))).toBeLessThan(1e-8);
    }
  });
});

describe("the formula as text", () => {
  const text = (fn: (...args: number[]) => number) =>
    printInfix(derivativeGraph(elementwise(fn).formula).outputs[0]!.node);

  test.each<[(...args: number[]) => number, string]>([
    [(x, beta) => x! / (1 + Math.exp(-beta! * x!)), "x / (1 + exp(-beta * x))"],
    [(x, beta) => x! / (1 + Math.exp(-(beta! * x!))), "x / (1 + exp(-(beta * x)))"],
    [(a, b, c) => a! - (b! - c!) - a! / (b! * c!) / c!, "a - (b - c) - a / (b * c) / c"],
    [(a, b) => (a! + b!) * -a! - -3 * b!, "(a + b) * -a - -3 * b"],
    [(x) => -((-x!) ** 2), "-(-x * -x)"],
    [(x) => x! ** (3 ** 2), "pow(x, 9)"],
    [(x) => (x! > 0 ? (x! < 1 ? 2 * x! : 1) : 0), "x > 0 ? (x < 1 ? 2 * x : 1) : 0"],
    [
      (x, y) => ((x! > 0 || y! > 0) && !(x! === y!) ? 1 : Math.max(x!, y!)),
      "(x > 0 || y > 0) && !(x === y) ? 1 : max(x, y)",
    ],
    [(x) => +x! * (2 * Math.PI) * Math.SQRT2 ** 0, "x * 6.283185307179586 * 1"],
  ])("%s", (fn, expected) => {
    expect(text(fn)).toBe(expected);
  });

  test("a long part that is used twice is named, by a name that is free", () => {
    const fn = (x: number, t1: number) => {
      const s = 1 / (1 + Math.exp(-x * t1));
      return s * (1 - s);
    };
    expect(text(fn as (...args: number[]) => number)).toBe("t2 = 1 / (1 + exp(-x * t1))\nt2 * (1 - t2)");
  });

  test("derivatives are given by parameter; a simplifier sees the graph first", () => {
    const scaled = elementwise((x: number, k: number, _unused: number) => k * x);
    expect(scaled.derivatives()).toEqual({ x: "1 * k", k: "1 * x", _unused: "0" });
    const seen: string[] = [];
    scaled.derivatives((graph) => {
      seen.push(...graph.outputs.map((output) => output.name));
      return graph;
    });
    expect(seen).toEqual(["y", "d/dx", "d/dk", "d/d_unused"]);
  });

  test("as JavaScript it has the value of the graph it was printed from", () => {
    const leaf = fc.oneof(
      fc.constantFrom("x", "y"),
      fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
    );
    const { expression } = fc.letrec<{ expression: string; condition: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5, depthSize: "medium" },
        leaf,
        fc
          .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/"), tie("expression"))
          .map((p) => `(${p.join(" ")})`),
        fc.tuple(fc.constantFrom("-", "+"), tie("expression")).map(([sign, e]) => `(${sign}${e})`),
        fc.tuple(fc.constantFrom("exp", "abs", "tanh", "floor"), tie("expression")).map(([f, e]) => `Math.${f}(${e})`),
        fc.tuple(tie("condition"), tie("expression"), tie("expression")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
      ),
      condition: fc.oneof(
        { maxDepth: 3 },
        fc
          .tuple(tie("expression"), fc.constantFrom("<", ">=", "===", "!=="), tie("expression"))
          .map((p) => `(${p.join(" ")})`),
        fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map((p) => `(${p.join(" ")})`),
        tie("condition").map((c) => `(!${c})`),
      ),
    }));
    const scope = "const { exp, abs, tanh, floor, min, max, pow } = Math;";
    fc.assert(
      fc.property(expression, fc.double({ min: -3, max: 3, noNaN: true }), (source, x) => {
        const fn = new Function("x", "y", `return ${source};`) as (x: number, y: number) => number;
        const { formula } = elementwise(new Function(`return (x, y) => ${source};`)() as typeof fn);
        const graph = derivativeGraph(formula);
        const lines = printInfix(graph.outputs[0]!.node).split("\n");
        const script = [...lines.slice(0, -1).map((line) => `const ${line};`), `return ${lines.at(-1)};`];
        const printed = new Function("x", "y", `${scope}\n${script.join("\n")}`) as typeof fn;
        const [y] = evaluate(formula, graph, [x, 0.5]);
        expect(y).toBe(fn(x, 0.5));
        expect(printed(x, 0.5)).toBe(y);
      }),
      { numRuns: 150 },
    );
  });
});
