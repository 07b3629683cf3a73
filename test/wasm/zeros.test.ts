/** Which assignments of zero at the start of a function are left out. */
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { withoutZeros } from "../../compiler/wasm/zeros.ts";

const zero = 6;

/** The statements left of those given, in a function of two parameters and four locals besides the one that nothing sets. */
function left(...statements: string[]): string[] {
  const module = binaryen.parseText(`(module (memory 1) (func $f (param $n i32) (param $m i32)
    (local $p i32) (local $q i32) (local $a v128) (local $b v128) (local $zero v128) ${statements.join(" ")}
    (loop $l (br_if $l (local.get $p))) (local.set $q (i32.const 0))))`);
  try {
    const { body } = binaryen.getFunctionInfo(module.getFunction("f"));
    const rest = withoutZeros(body, zero, 2);
    const texts = rest.map((ref) => binaryen.emitText(ref).replaceAll(/\s+/g, " ").replaceAll(" )", ")").trim());
    expect(texts.at(-1), "what stands behind a loop stays").toBe("(local.set $3 (i32.const 0))");
    return texts.slice(0, -2);
  } finally {
    module.dispose();
  }
}

const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const [none, number] = ["(local.get $zero)", "(i32.const 0)"];

test("locals that nothing has set need no zero", () => {
  expect(left(set("a", none), set("p", number), set("b", none), set("q", number))).toEqual([]);
  expect(left(set("a", "(v128.load (i32.const 0))"), set("p", number))).toHaveLength(1);
});

test("parameters, and what was set before, do; so do other numbers", () => {
  expect(left(set("n", number))).toHaveLength(1);
  expect(left(set("p", "(local.get $n)"), set("p", number))).toHaveLength(2);
  expect(left(set("p", "(local.tee $q (local.get $n))"), set("q", number))).toHaveLength(2);
  expect(left(set("a", "(v128.load (local.tee $p (local.get $n)))"), set("p", number))).toHaveLength(2);
  expect(
    left(set("b", "(f32x4.add (local.tee $a (v128.load (i32.const 8))) (local.get $a))"), set("a", none)),
  ).toHaveLength(2);
  expect(left(set("p", "(i32.const 1)"), set("a", "(local.get $b)"))).toHaveLength(2);
});

test("nothing is left out behind an expression of which it is not known what it sets", () => {
  expect(
    left(set("p", "(if (result i32) (local.get $n) (then (i32.const 1)) (else (i32.const 2)))"), set("a", none)),
  ).toHaveLength(2);
});
