import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { type ElementwiseFunction, elementwise } from "../../compiler/dsl/elementwise.ts";
import { derivativeGraph } from "../../compiler/read/scalar/derivative.ts";
import { printInfix } from "../../compiler/read/scalar/infix.ts";
import { load } from "./project.ts";

type AnyElementwise = ElementwiseFunction<number[]>;

test("the DSL does not load ts-morph before something is read", () => {
  const { cache } = createRequire(import.meta.url);
  const isLoaded = () => Object.keys(cache).some((path) => path.includes("/ts-morph/"));
  expect(isLoaded()).toBe(false);
  expect(elementwise((x: number) => x + 1).formula.parameters).toEqual(["x"]);
  expect(isLoaded()).toBe(true);
});

/** The formula that a model file's default export was read to. */
async function formula(files: string | Record<string, string>): Promise<string> {
  const { exports } = await load(files);
  return infix(exports.default as AnyElementwise);
}

const infix = ({ formula }: AnyElementwise): string => printInfix(derivativeGraph(formula).outputs[0]!.node);

const model = (text: string): string => `import { elementwise } from "nabla";\n${text}`;

describe("what can be read", () => {
  test.each([
    [
      "an arrow with types",
      "export default elementwise((x: number, b: number): number => (x as number) * b!);",
      "x * b",
    ],
    [
      "numbers in every form",
      "export default elementwise((x: number) => x * 1e-7 + 2.5e-3 + 1e21 + 0x10 + 1_000 + .5);",
      "x * 1e-7 + 0.0025 + 1e+21 + 16 + 1000 + 0.5",
    ],
    ["a function expression", "export default elementwise(function f(x: number) { return x + 1; });", "x + 1"],
    [
      "the name of a declared function",
      "function f(x: number) { return x + 1; }\nexport default elementwise(f);",
      "x + 1",
    ],
    ["the name of a const", "const f = (x: number) => x + 1;\nexport default elementwise(f);", "x + 1"],
    [
      "a namespace import",
      "import * as nb from 'nabla';\nexport default nb.elementwise((x: number) => 2 * x);",
      "2 * x",
    ],
    [
      "constants of the file, computed in float64",
      "const A = 0.5, B = -A;\nconst C = Math.sqrt(2 / Math.PI);\nexport default elementwise((x: number) => A * x + B * C);",
      "0.5 * x + -0.3989422804014327",
    ],
    [
      "other functions of the file, declared before or after, and functions of functions",
      "export default elementwise((x: number, b: number) => x * sigmoid(b * x));\nconst sigmoid = (x: number) => 1 / one(x);\nfunction one(y: number) { return 1 + Math.exp(-y); }",
      "x * (1 / (1 + exp(-(b * x))))",
    ],
    [
      "each function's own names",
      "const k = 3;\nconst f = (x: number) => k * x;\nexport default elementwise((k: number, x: number) => f(k) - x);",
      "3 * k - x",
    ],
    [
      "functions that compare",
      "const positive = (x: number) => x > 0;\nexport default elementwise((x: number) => { const p = positive(x); return p ? x : 0; });",
      "x > 0 ? x : 0",
    ],
    [
      "paths that fall through to what follows",
      "export default elementwise((x: number) => { if (x > 1) { if (x > 2) return 2; } else { return 0; } ; { const y = x * x; return y; } });",
      "x > 1 ? (x > 2 ? 2 : x * x) : 0",
    ],
    [
      "a const of the function around, if it is a number",
      "function make() { const k = 2; return elementwise((x: number) => k * x); }\nexport default make();",
      "2 * x",
    ],
    [
      "elementwise handed on as a value: the function's own text",
      "const lift = (_: number, f: any) => [f].map(elementwise)[0];\nexport default lift(1, (x: number) => 2 * x);",
      "2 * x",
    ],
    ["infinity", "export default elementwise((x: number) => x < Infinity ? x : NaN);", "x < Infinity ? x : NaN"],
  ])("%s", async (_, text, expected) => {
    expect(await formula(model(text))).toBe(expected);
  });

  test("functions and constants from a helper file, renamed and passed on", async () => {
    const files = {
      "model.ts": model(
        `import { soft as s } from "./lib/pass.ts";\nimport { A } from "./lib/one.ts";\nexport default elementwise((x: number) => A * s(x));`,
      ),
      "lib/pass.ts": `import { soft } from "./one.ts";\nexport { soft };`,
      "lib/one.ts": `export const A = 3;\nconst B = 2;\nexport const soft = (x: number) => x / (B + Math.abs(x));`,
    };
    expect(await formula(files)).toBe("3 * (x / (2 + abs(x)))");
  });

  test("an imported function given to elementwise itself", async () => {
    const files = {
      "model.ts": model(`import { f } from "./f.ts";\nexport default elementwise(f);`),
      "f.ts": "export function f(x: number) { return x - 1; }",
    };
    expect(await formula(files)).toBe("x - 1");
  });

  test("the name is that of the binding", async () => {
    const { exports } = await load(model("const swish = elementwise((x: number) => x);\nexport default swish;"));
    expect((exports.default as AnyElementwise).formula.name).toBe("swish");
  });
});

describe("without a model file the function's own text is read", () => {
  test("it may not lean on anything around it", () => {
    const k = 2;
    const scaled = elementwise((x: number) => k * x);
    expect(() => scaled.formula).toThrow(/elementwise\/captured/);
    expect(() => elementwise(Math.exp).formula).toThrow(/no source to read/);
    expect(() => elementwise(((x: number) => x).bind(null)).formula).toThrow(/no source to read/);
    expect(
      () =>
        elementwise(
          {
            f(x: number) {
              return x;
            },
          }.f,
        ).formula,
    ).toThrow(/no source to read/);
  });
});
