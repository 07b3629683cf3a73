/** The checks of rules are themselves checked: tempting rules that are not exact are caught, and wrong algebra is. */
import { expect, test } from "vitest";
import { Random } from "../support/random.ts";
import { sameBits, sameRealValue } from "./check-rules.ts";
import { Scope } from "./expression.ts";

const parsed = (before: string, after: string) => {
  const scope = new Scope();
  return [scope.parse(before), scope.parse(after), new Random(1)] as const;
};

test.each([
  ["add x 0", "x"],
  ["sub x -0", "x"],
  ["sub 0 x", "neg x"],
  ["mul x 0", "broadcast 0 dims=[2,3]"],
  ["neg (sub x y)", "sub y x"],
  ["neg (add x y)", "sub (neg x) y"],
  ["sub x x", "broadcast 0 dims=[2,3]"],
  ["div x x", "broadcast 1 dims=[2,3]"],
  ["select (not (lt x y)) x y", "select (ge x y) x y"],
  ["sum u axes=[0] keep=false", "reshape u dims=[3]"],
  ["mul (mul x 0.5) 2", "x"],
  ["mul (mul x 3) 5", "mul x 15"],
  ["div x 3", "mul x 0.3333333333333333"],
  ["abs (relu x)", "relu x"],
  ["sqrt (mul x x)", "abs x"],
  ["pow x 0.5", "sqrt x"],
  ["maximum x 0", "relu x"],
  ["add (mul x z) (mul y z)", "mul (add x y) z"],
  ["add (add x y) z", "add x (add y z)"],
])("not exact: %s -> %s", (before, after) => {
  expect(() => sameBits(...parsed(before, after))).toThrow();
});

test.each([
  ["add (mul x z) (mul y z)", "mul (sub x y) z"],
  ["sub x y", "sub y x"],
  ["sum x axes=[0] keep=false", "sum (mul x 1.000001) axes=[0] keep=false"],
])("not equal: %s -> %s", (before, after) => {
  expect(() => sameRealValue(...parsed(before, after))).toThrow();
});
