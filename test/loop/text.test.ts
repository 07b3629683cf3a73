import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { helperOps, type LoopFunction, laneOps, type Stmt, type VExpr } from "../../compiler/loop/ir.ts";
import type { Index } from "../../compiler/loop/kernel.ts";
import { parseFunction, parseFunctions } from "../../compiler/loop/parse.ts";
import { printFunction, printFunctions } from "../../compiler/loop/print.ts";

const example = `func dense_relu f32
  for i in 0..n step 1
    for j in 0..128 step 4
      let acc = 0
      for k in 0..784 step 1
        set acc = add(acc, mul(splat x[784*i + k], load hidden.weight[128*k + j]))
      store h[128*i + j] = pmax(add(acc, load b[j]), -0)`;

const everything = `func every.form f64
  for e in down(10*n, 4)..10*n step 1
    store out:y[-3*e - j + 12]:1 = select(lt(load x[e]:1, -1e-7), gather %1[e by -4], Infinity)
  for i in n..down(n, 2) step 2
  let u = uniform 3[784*i + k by 1]
  set u = pow(iota[2*i - 1 by 2], rows)
  set u = div(1, step)
  store y[0] = swap 1(u)
  store y[2] = swap 2(NaN)
  store y[16*label[3*i + j] + k - 2] = gather x[-%1[0] by 3]:1`;

test.each([example, everything])("text is read and printed as it was", (text) => {
  expect(printFunction(parseFunction(text))).toBe(text);
});

test("functions follow each other; comments, blank lines and a margin are skipped", () => {
  const text = `
      # two of them
      func a f32
        store y[0] = 1  # everywhere

      func b f64
        store y[0] = 2
  `;
  expect(printFunctions(parseFunctions(text))).toBe("func a f32\n  store y[0] = 1\n\nfunc b f64\n  store y[0] = 2");
});

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const count = fc.integer({ min: 1, max: 4096 });
const names = ["x", "hidden.weight", "%1", "out:y", "adam.m", "n", "by", "step"];
const name = fc.constantFrom(...names);
const local = fc.constantFrom("acc", "v1", "in");
const lanes = fc.integer({ min: 1, max: 4 });
const affine = fc.record({
  base: integer,
  terms: fc.uniqueArray(fc.record({ axis: fc.constantFrom("i", "j", "k.1"), stride: integer.filter((s) => s !== 0) }), {
    selector: ({ axis }) => axis,
  }),
});
const label: LoopBuffer = { name: "label", dtype: "i32", elementCount: 8, below: 3 };
const index: fc.Arbitrary<Index> = fc.oneof(
  affine,
  fc.record({
    base: affine.map(({ base }) => base),
    terms: affine.map(({ terms }) => terms),
    dynamic: fc.record({ stride: integer.filter((s) => s !== 0), buffer: fc.constant(label), index: affine }),
  }),
);
const bound = fc.oneof(
  fc.record({ kind: fc.constant("const" as const), value: count }),
  fc.record({ kind: fc.constant("rows" as const), scale: count, multipleOf: count }),
);
const buffers = [...names, "größe", "x@2"].map((one): LoopBuffer => ({ name: one, dtype: "f32", elementCount: 8 }));
const element = { buffer: fc.constantFrom(...buffers), index };
const { value } = fc.letrec<{ value: VExpr }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("const" as const), value: fc.double() }),
    fc.record({ kind: fc.constant("local" as const), name: local }),
    fc.record({ kind: fc.constantFrom("rows" as const, "step" as const) }),
    fc.record({ kind: fc.constant("load" as const), ...element, lanes }),
    fc.record({ kind: fc.constant("splat" as const), ...element }),
    fc.record({ kind: fc.constant("gather" as const), ...element, stride: integer, lanes }),
    fc.record({ kind: fc.constant("iota" as const), index, stride: integer }),
    fc.record({ kind: fc.constant("uniform" as const), stream: count, index, stride: integer }),
    fc.record({ kind: fc.constant("swap" as const), bit: count, value: tie("value") }),
    fc.record({
      kind: fc.constant("op" as const),
      op: fc.constantFrom(...Object.keys(laneOps), ...Object.keys(helperOps)),
      args: fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<VExpr>,
}));
const { body } = fc.letrec<{ body: Stmt[] }>((tie) => ({
  body: fc.array(
    fc.oneof(
      { depthSize: "small" },
      fc.record({ kind: fc.constantFrom("let" as const, "set" as const), name: local, value }),
      fc.record({ kind: fc.constant("store" as const), ...element, lanes, value }),
      fc.record({
        kind: fc.constant("for" as const),
        axis: name,
        from: bound,
        to: bound,
        step: count,
        body: tie("body"),
      }),
    ),
    { maxLength: 4 },
  ) as fc.Arbitrary<Stmt[]>,
}));

test("any function survives printing and reading", () => {
  const fn: fc.Arbitrary<LoopFunction> = fc.record({ name, dtype: fc.constantFrom("f32", "f64"), body });
  const survives = fc.property(fn, (one) => {
    expect(parseFunction(printFunction(one), [...buffers, label])).toEqual(one);
  });
  fc.assert(survives, { numRuns: 300 });
});

test.each([
  ["func f f16", "a type"],
  ["func f f32\n  store y[0] 1", "no equals sign"],
  ["func f f32\n  store y[0] = add(1, 2", "an open parenthesis"],
  ["func f f32\n  for i in 0..n step 0.5", "half a step"],
  ["func f f32\n    let a = 1", "too deep"],
  ["func f f32\n  let a = 1 2", "two values"],
  ["func f f32\n  let a = load x[i + ]", "half an index"],
  ["func f f32\n  let a = load x[k[i] + k[j]]", "two terms from memory"],
  ["let a = 1", "no function"],
])("refuses %j: %s", (text) => {
  expect(() => parseFunctions(text)).toThrowErrorMatchingSnapshot();
});
