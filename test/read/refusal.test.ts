import { describe, expect, test } from "vitest";
import { errorOf } from "./project.ts";

const model = (text: string): string => `import { elementwise } from "nabla";\n${text}`;

describe("what is refused", () => {
  const refusal = (text: string) => errorOf(model(`export default elementwise(${text});\n`));

  test("loops", async () => {
    expect(await refusal("(x: number) => { for (let i = 0; i < 3; i++) x += i; return x; }")).toMatchInlineSnapshot(`
      "model.ts:2:45 elementwise/unreadable
        elementwise: this statement cannot be read as a formula
          expected  const, if / else, return
          got       for (let i = 0; i < 3; i++) x += i;  (ForStatement)
      > 2 | export default elementwise((x: number) => { for (let i = 0; i < 3; i++) x += i; return x; });
          |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test("let", async () => {
    expect(await refusal("(x: number) => {\n  let y = x;\n  return y;\n}")).toMatchInlineSnapshot(`
      "model.ts:3:3 elementwise/unreadable
        elementwise: this statement cannot be read as a formula
          expected  const, if / else, return
          got       let y = x;  (VariableStatement)
      > 3 |   let y = x;
          |   ^^^^^^^^^^"
    `);
  });
  test("assignments", async () => {
    expect(await refusal("(x: number) => (x = 2)")).toMatchInlineSnapshot(`
      "model.ts:2:44 elementwise/unreadable
        elementwise: this is not part of a formula
          expected  numbers, parameters, + - * / **, comparisons, && || !, ?:, functions and constants of Math,
                    calls of functions that are declared in the file and readable themselves
          got       x = 2  (BinaryExpression)
      > 2 | export default elementwise((x: number) => (x = 2));
          |                                            ^^^^^"
    `);
  });
  test("functions of Math without a derivative or a vector form", async () => {
    expect(await refusal("(x: number) => x * Math.random()")).toMatchInlineSnapshot(`
      "model.ts:2:47 elementwise/math
        elementwise: Math.random cannot be differentiated or vectorised
          expected  Math.abs, Math.ceil, Math.cos, Math.exp, Math.expm1, Math.floor, Math.log, Math.log1p, Math.max, Math.min, Math.pow, Math.sign, Math.sin, Math.sqrt, Math.tanh, Math.trunc
          or        Math.E, Math.LN10, Math.LN2, Math.LOG10E, Math.LOG2E, Math.PI, Math.SQRT1_2, Math.SQRT2
          got       Math.random  (PropertyAccessExpression)
      > 2 | export default elementwise((x: number) => x * Math.random());
          |                                               ^^^^^^^^^^^"
    `);
  });
  test("captured variables", async () => {
    const text = `function scaled(alpha: number) {\n  return elementwise((x: number) => alpha * x);\n}\nexport default scaled(2);\n`;
    expect(await errorOf(model(text))).toMatchInlineSnapshot(`
      "model.ts:3:37 elementwise/captured
        elementwise: alpha is not known when the formula is read
          expected  a parameter, or a const that is a number or such a function
          got       alpha, declared at model.ts:2:17
        Pass it as an argument: elementwise functions take numbers beside tensors.
      > 3 |   return elementwise((x: number) => alpha * x);
          |                                     ^^^^^"
    `);
  });
  test("variables of the file that may change, and names that no one declares", async () => {
    expect(
      await errorOf(model("let k = 2;\nexport default elementwise((x: number) => k * x);")),
    ).toMatchInlineSnapshot(`
      "model.ts:3:43 elementwise/captured
        elementwise: k is not known when the formula is read
          expected  a parameter, or a const that is a number or such a function
          got       k, declared at model.ts:2:5
        Pass it as an argument: elementwise functions take numbers beside tensors.
      > 3 | export default elementwise((x: number) => k * x);
          |                                           ^"
    `);
    expect(await refusal("(x: number) => sigma(x)")).toMatchInlineSnapshot(`
      "model.ts:2:43 elementwise/captured
        elementwise: sigma is not known when the formula is read
          expected  a parameter, or a const that is a number or such a function
          got       sigma, declared elsewhere or not at all
        Pass it as an argument: elementwise functions take numbers beside tensors.
      > 2 | export default elementwise((x: number) => sigma(x));
          |                                           ^^^^^"
    `);
  });
  test("constants that are no formula themselves", async () => {
    const text = "const k = Number('3');\nexport default elementwise((x: number) => k * x);";
    expect(await errorOf(model(text))).toMatchInlineSnapshot(`
      "model.ts:3:43 elementwise/captured
        elementwise: k is not known when the formula is read
          expected  a parameter, or a const that is a number or such a function
          got       k, declared at model.ts:2:7
        Pass it as an argument: elementwise functions take numbers beside tensors.
      > 3 | export default elementwise((x: number) => k * x);
          |                                           ^"
    `);
    const loop = "export default elementwise((x: number) => a * x);\nconst a: number = b;\nconst b: number = a;";
    expect(await errorOf(model(loop))).toContain("model.ts:2:43 elementwise/captured");
  });
  test("wrong numbers of arguments", async () => {
    expect(await refusal("(x: number) => Math.pow(x)")).toMatchInlineSnapshot(`
      "model.ts:2:43 elementwise/arguments
        elementwise: wrong number of arguments for Math.pow
          expected  2
          got       1: Math.pow(x)
      > 2 | export default elementwise((x: number) => Math.pow(x));
          |                                           ^^^^^^^^^^^"
    `);
    expect(
      await errorOf(model("const f = (x: number, y = 2) => x;\nexport default elementwise((x: number) => f(x));")),
    ).toMatchInlineSnapshot(`
      "model.ts:2:23 elementwise/parameter
        elementwise: a parameter must be a plain name
          expected  such as (x: number, beta: number); no default, rest or pattern
          got       y = 2  (Parameter)
      > 2 | const f = (x: number, y = 2) => x;
          |                       ^^^^^"
    `);
    expect(
      await errorOf(
        model("const f = (x: number, y: number) => x;\nexport default elementwise((x: number) => (f as any)(x));"),
      ),
    ).toMatchInlineSnapshot(`
      "model.ts:3:43 elementwise/arguments
        elementwise: wrong number of arguments for f
          expected  2: (x, y)
          got       1: (f as any)(x)
      > 3 | export default elementwise((x: number) => (f as any)(x));
          |                                           ^^^^^^^^^^^^^"
    `);
  });
  test("no parameters", async () => {
    expect(await refusal("() => 1")).toMatchInlineSnapshot(`
      "model.ts:2:28 elementwise/arguments
        elementwise: wrong number of arguments for the formula
          expected  1 or more parameters
          got       0: () => 1
      > 2 | export default elementwise(() => 1);
          |                            ^^^^^^^"
    `);
  });
  test("a path without a return", async () => {
    expect(await refusal("(x: number) => { if (x > 0) return x; }")).toMatchInlineSnapshot(`
      "model.ts:2:28 elementwise/missing-return
        elementwise: not every path returns a number
          expected  a return at the end of each branch
          got       (x: number) => { if (x > 0) return x; }  (ArrowFunction)
      > 2 | export default elementwise((x: number) => { if (x > 0) return x; });
          |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test("recursion", async () => {
    const text = "const f = (x: number): number => (x > 0 ? f(x - 1) : x);\nexport default elementwise(f);";
    expect(await errorOf(model(text))).toMatchInlineSnapshot(`
      "model.ts:2:43 elementwise/recursion
        elementwise: f calls itself
          expected  functions that end without calling themselves
          got       f(x - 1)  (CallExpression)
      > 2 | const f = (x: number): number => (x > 0 ? f(x - 1) : x);
          |                                           ^^^^^^^^"
    `);
  });
  test("conditions that are numbers, and numbers that are conditions", async () => {
    expect(await refusal("(x: number) => (x ? 1 : 0)")).toMatchInlineSnapshot(`
      "model.ts:2:44 elementwise/condition
        elementwise: a condition must be a comparison
          expected  such as x > 0, or comparisons joined by && || !
          got       x  (Identifier)
      > 2 | export default elementwise((x: number) => (x ? 1 : 0));
          |                                            ^"
    `);
    expect(await refusal("(x: number) => +(x > 0) * x")).toMatchInlineSnapshot(`
      "model.ts:2:44 elementwise/number
        elementwise: a comparison is not a number
          expected  a number, such as x > 0 ? 1 : 0
          got       (x > 0)  (ParenthesizedExpression)
      > 2 | export default elementwise((x: number) => +(x > 0) * x);
          |                                            ^^^^^^^"
    `);
    expect(await refusal("(x: number) => x > 0")).toContain("elementwise/number");
    expect(await refusal("(x: number) => x || 1")).toContain("elementwise/condition");
  });
  test("other syntax", async () => {
    expect(await refusal("(x: number) => x % 2")).toMatchInlineSnapshot(`
      "model.ts:2:43 elementwise/unreadable
        elementwise: this is not part of a formula
          expected  numbers, parameters, + - * / **, comparisons, && || !, ?:, functions and constants of Math,
                    calls of functions that are declared in the file and readable themselves
          got       x % 2  (BinaryExpression)
      > 2 | export default elementwise((x: number) => x % 2);
          |                                           ^^^^^"
    `);
    expect(await refusal("(x: number) => [x][0]!")).toContain("got       [x][0]  (ElementAccessExpression)");
    expect(await refusal("(x: number) => Math.max(...[x])")).toContain("got       ...[x]  (SpreadElement)");
    expect(await refusal("(x: number) => { switch (x) { default: return 1; } }")).toContain("(SwitchStatement)");
    expect(await refusal("(x: number) => { throw new Error(); }")).toContain("(ThrowStatement)");
    expect(await refusal("(x: number) => x++")).toContain("(PostfixUnaryExpression)");
    expect(await refusal("(x: number) => --x")).toContain("(PrefixUnaryExpression)");
    expect(await refusal("(x: number) => ~x")).toContain("(PrefixUnaryExpression)");
    expect(await refusal("({ x }: any) => x")).toContain("elementwise/parameter");
    expect(await refusal("(...x: number[]) => 1")).toContain("elementwise/parameter");
  });
  test("a Math that the file declares itself", async () => {
    const text = "const Math = { exp: (x: number) => x };\nexport default elementwise((x: number) => Math.exp(x));";
    expect(await errorOf(model(text))).toContain("elementwise/unreadable");
  });
  test("what is no function of the file", async () => {
    expect(await refusal("Math.exp")).toMatchInlineSnapshot(`
      "model.ts:2:28 elementwise/function
        elementwise: the formula must be a function whose source is in the file
          expected  an arrow function, or the name of a function that is declared in this file or imported by a relative path
          got       Math.exp  (PropertyAccessExpression)
      > 2 | export default elementwise(Math.exp);
          |                            ^^^^^^^^"
    `);
    expect(await refusal("async (x: number) => x")).toContain("elementwise/function");
  });

  test("several in one run", async () => {
    const text = `const a = elementwise((x: number) => Math.hypot(x, 1));
const b = elementwise((x: number) => x ? 1 : 2);
const c = elementwise((x: number) => x);
export default a(b(c(1 as any)));
`;
    expect(await errorOf(model(text))).toMatchInlineSnapshot(`
      "model.ts:2:38 elementwise/math
        elementwise: Math.hypot cannot be differentiated or vectorised
          expected  Math.abs, Math.ceil, Math.cos, Math.exp, Math.expm1, Math.floor, Math.log, Math.log1p, Math.max, Math.min, Math.pow, Math.sign, Math.sin, Math.sqrt, Math.tanh, Math.trunc
          or        Math.E, Math.LN10, Math.LN2, Math.LOG10E, Math.LOG2E, Math.PI, Math.SQRT1_2, Math.SQRT2
          got       Math.hypot  (PropertyAccessExpression)
      > 2 | const a = elementwise((x: number) => Math.hypot(x, 1));
          |                                      ^^^^^^^^^^

      model.ts:3:38 elementwise/condition
        elementwise: a condition must be a comparison
          expected  such as x > 0, or comparisons joined by && || !
          got       x  (Identifier)
      > 3 | const b = elementwise((x: number) => x ? 1 : 2);
          |                                      ^

      model.ts:5:20 dsl/not-a-tensor
        c: this is not a tensor
          expected  an input, a parameter, or a value computed from them
          got       1
      > 5 | export default a(b(c(1 as any)));
          |                    ^^^^^^^^^^^

      3 errors"
    `);
  });
});
