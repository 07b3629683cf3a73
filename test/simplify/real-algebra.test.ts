/** Every rule of real algebra: what it does, and that finite values agree. */
import { describe, expect, test } from "vitest";
import { simplify } from "../../compiler/simplify/index.ts";
import { realAlgebraRules } from "../../compiler/simplify/real-algebra.ts";
import { checkRules, type Line, sameRealValue } from "./check-rules.ts";
import { graphOf, print, Scope } from "./expression.ts";

const lines: Line[] = [
  ["exp-times-exp", "mul (exp x) (exp y)", "exp (add x y)"],
  ["exp-over-exp", "div (exp x) (exp y)", "exp (sub x y)"],
  ["log-exp", "log (exp x)", "x"],
  ["exp-log", "exp (log x)", "x"],
  ["sqrt-times-sqrt", "mul (sqrt x) (sqrt x)", "x"],
  ["sqrt-times-sqrt", "mul (sqrt x) (sqrt y)", "stays"],
  ["sub-same", "sub x x", "broadcast 0 dims=[2,3]"],
  ["div-same", "div x x", "broadcast 1 dims=[2,3]"],
];

describe("real algebra", () => checkRules(realAlgebraRules, lines, sameRealValue));

test("its rules run only on request", () => {
  const graph = graphOf(new Scope().parse("mul (exp x) (exp y)"));
  expect(simplify(graph)).toBe(graph);
  expect(print(simplify(graph, { realAlgebra: true }).outputs[0]!.node)).toBe("exp (add x y)");
});
