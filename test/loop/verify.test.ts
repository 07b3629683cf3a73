import { describe, expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { LoopFunction } from "../../compiler/loop/ir.ts";
import { parseFunction } from "../../compiler/loop/parse.ts";
import { verifyFunction } from "../../compiler/loop/verify.ts";

const batch = 30;
const list: LoopBuffer[] = [
  { name: "x", dtype: "f32", elementCount: batch },
  { name: "y", dtype: "f32", elementCount: batch },
  { name: "wide", dtype: "f32", elementCount: 10 * batch },
  { name: "digit", dtype: "i32", elementCount: batch },
  { name: "exact", dtype: "f64", elementCount: batch },
  { name: "label", dtype: "i32", elementCount: batch, below: 3 },
  { name: "pair", dtype: "i32", elementCount: 2 * batch, below: 3 },
  { name: "table", dtype: "f32", elementCount: 12 },
];
const context = { buffers: new Set(list), batch };
const verify = (fn: LoopFunction) => verifyFunction(fn, context);
const inF32 = (...lines: string[]) =>
  parseFunction(["func f f32", ...lines.map((line) => `  ${line}`)].join("\n"), list);

describe("accepts", () => {
  test.each([
    [
      "whole vectors and a tail",
      [
        "for i in 0..down(n, 4) step 4",
        "  store y[i] = load x[i]",
        "for i in down(n, 4)..n step 1",
        "  store y[i]:1 = load x[i]:1",
      ],
    ],
    [
      "labels held between two numbers",
      ["let a = i32.max(int(load x[0]), int(0))", "store label[0] = i32.min(a, int(2))"],
    ],
    [
      "labels chosen among indices",
      [
        "let a = int(0)",
        "for i in 0..3 step 1",
        "  set a = i32.select(lt(load x[i], 1), iota[i by 0], swap 2(a))",
        "let m = i32.lt(iota[0 by 1], int(3))",
        "store label[0] = i32.select(m, iota[0 by 1], a)",
        "store label[4]:3 = iota[0 by 1]",
      ],
    ],
    ["n rounded down twice", ["for i in down(n, 16)..down(n, 4) step 4", "  store y[i] = load x[i]"]],
    ["flattened rows", ["for e in 0..down(10*n, 4) step 4", "  store wide[e] = neg(load wide[e])"]],
    ["a falling index", ["for i in 0..n step 1", "  store y[-i + 29]:1 = gather x[-i + 29 by -1]:1"]],
    ["a loop that never runs", ["for i in 9..9 step 1", "  store y[1000*i] = 0"]],
    [
      "labels as numbers and as floats, masks in locals",
      ["let m = i32.lt(load digit[0], int(3))", "set m = lt(float(load digit[0]), 3)", "store y[0] = select(m, 1, 2)"],
    ],
    [
      "rows of a table that labels name",
      ["for i in 0..n step 1", "  store wide[10*i] = add(load table[4*label[i]], splat table[-4*label[i] + 11])"],
    ],
    [
      "several labels a row, in tiles of rows",
      ["for e in 0..2*n step 2", "  let a = load table[4*pair[e]]", "  let b = load table[4*pair[e + 1]]"],
    ],
    [
      "an addition where a label says",
      ["for i in 0..n step 1", "  store table[4*label[i]] = add(load table[4*label[i]], 1)"],
    ],
    [
      "an axis name again, after its loop",
      ["for i in 0..4 step 4", "  store y[i] = 0", "for i in 0..4 step 4", "  store y[i] = 1"],
    ],
  ])("%s", (_, lines) => {
    expect(() => verify(inF32(...lines))).not.toThrow();
  });
});

describe("refuses", () => {
  test.each([
    ["an element past the end", ["for i in 0..n step 4", "  store y[i] = load x[i]:1"]],
    ["an element past the end, in a tail", ["for i in down(n, 4)..n step 4", "  store y[i] = 0"]],
    ["an element past the end, off the grid of steps", ["for i in down(n, 3)..n step 2", "  store y[i + 1]:1 = 0"]],
    ["an element before the start", ["for i in 0..n step 1", "  let a = splat x[i - 1]"]],
    ["a gather past the end", ["let a = gather x[0 by 10]"]],
    ["a gather before the start", ["let a = gather x[5 by -2]"]],
    ["more rows than the buffer has", ["for e in 0..2*n step 1", "  let a = splat x[e]"]],
    ["an unknown buffer", ["let a = splat z[0]"]],
    ["a buffer of the other float", ["let a = splat exact[0]"]],
    ["labels of which nothing is known", ["let a = load table[4*digit[0]]"]],
    ["floats as labels", ["let a = load table[4*x[0]]"]],
    ["a label past the table", ["for i in 0..n step 1", "  let a = load table[4*label[i] + 1]"]],
    ["a label before the table", ["for i in 0..n step 1", "  let a = load table[-4*label[i] + 7]"]],
    ["an addition past the table", ["for i in 0..n step 1", "  store table[5*label[i]] = 1"]],
    ["a label outside its buffer", ["for i in 0..n step 1", "  let a = load table[4*label[i + 1]]"]],
    ["labels of other rows than the call's", ["for i in 0..30 step 1", "  let a = load table[4*label[i]]"]],
    ["a label that a label names", ["for i in 0..n step 1", "  let a = splat table[label[label[i]]]"]],
    ["a number made of a label", ["for i in 0..n step 1", "  let a = iota[label[i] by 1]"]],
    ["floats stored into integers", ["store label[0] = 1"]],
    ["integers stored into floats", ["store y[0] = int(1)"]],
    ["an integer for a float", ["let a = add(int(1), 1)"]],
    ["a float for an integer", ["let a = i32.add(int(1), 1)"]],
    ["an integer cast to an integer", ["let a = int(iota[0 by 1])"]],
    ["a float cast to a float", ["let a = float(1)"]],
    ["a mask stored", ["store y[0] = lt(1, 2)"]],
    ["a label that is no index", ["store label[0] = load digit[0]"]],
    ["a label that is computed", ["for i in 0..2 step 1", "  store label[i]:1 = i32.add(iota[i by 0], int(1))"]],
    ["a label beyond its range", ["for i in 0..4 step 1", "  store label[i]:1 = iota[i by 0]"]],
    ["a label beyond its range in some lane", ["store label[0] = iota[0 by 1]"]],
    ["a label out of range on one side of a choice", ["store label[0] = i32.select(lt(load x[0], 1), int(0), int(7))"]],
    ["a label that is no integer", ["store label[0] = int(0.5)"]],
    [
      "a label below 0",
      ["let a = int(0)", "set a = i32.select(i32.lt(a, int(1)), iota[0 by -1], a)", "store label[0] = a"],
    ],
    [
      "a label that is chosen later",
      [
        "let a = int(0)",
        "for i in 0..2 step 1",
        "  store label[i]:1 = a",
        "  set a = i32.select(lt(load x[0], 1), int(3), a)",
      ],
    ],
    [
      "a label of as many lanes as its mask lets through",
      ["store label[0] = i32.select(i32.lt(iota[0 by 1], int(4)), iota[0 by 1], int(0))"],
    ],
    ["a label in a loop that need not run", ["for i in down(n, 4)..n step 1", "  store label[i]:1 = int(7)"]],
    [
      "a label in lanes of a mask that is one number",
      ["store label[0] = i32.select(i32.lt(iota[0 by 0], int(3)), iota[0 by 1], int(0))"],
    ],
    [
      "a label in lanes of a mask that begins below 0",
      ["store label[0] = i32.select(i32.lt(iota[-1 by 1], int(3)), iota[0 by 1], int(0))"],
    ],
    [
      "a label that was held, and then set anew",
      ["let a = i32.max(int(load x[0]), int(0))", "set a = int(-5)", "store label[0] = i32.min(a, int(2))"],
    ],
    ["a label whose lanes came from beyond", ["store label[0]:2 = swap 2(iota[0 by 1])"]],
    [
      "a label in more lanes than a mask let through before",
      ["let a = iota[0 by 1]", "store label[0] = i32.select(i32.lt(iota[0 by 1], int(3)), a, a)"],
    ],
    ["a number of i32 whose range nobody knows", ["store digit[0] = int(0)"]],
    ["a mask whose lanes change places", ["let a = swap 1(lt(1, 2))"]],
    ["lanes that there are not", ["let a = swap 4(1)"]],
    ["a mask for a number", ["let a = add(lt(1, 2), 1)"]],
    ["a number for a mask", ["let a = select(1, 1, 2)"]],
    ["one argument too few", ["let a = add(1)"]],
    ["one argument too many", ["let a = exp(1, 2)"]],
    ["a mask for a helper", ["let a = exp(lt(1, 2))"]],
    ["an unknown operation", ["let a = toString(1)"]],
    ["a local read before it is declared", ["let a = add(b, 1)", "let b = 1"]],
    ["a local set before it is declared", ["set a = 1"]],
    ["a local declared twice", ["let a = 1", "for i in 0..4 step 1", "  let a = 2"]],
    ["a local set to a mask", ["let a = 1", "set a = lt(1, 2)"]],
    ["a local called as a word of values", ["let rows = 1"]],
    ["a local called as the step", ["let step = 1"]],
    ["the step as a mask", ["let a = not(step)"]],
    ["an axis out of its loop", ["for i in 0..4 step 1", "  let a = 1", "store y[i]:1 = a"]],
    ["an axis in use", ["for i in 0..4 step 1", "  for i in 0..4 step 1", "    let a = 1"]],
    ["a step of 0", ["for i in 0..4 step 0", "  let a = 1"]],
    ["a bound below 0", ["for i in -1..4 step 1", "  let a = 1"]],
    ["a bound beyond 31 bits", ["for i in 0..999999999*n step 1", "  let a = 1"]],
    ["n divided by 0", ["for i in 0..down(n, 0) step 1", "  let a = 1"]],
    ["no lanes", ["store y[0]:0 = 1"]],
    ["five lanes", ["let a = load x[0]:5"]],
    ["an iota beyond what a pointer spans", ["let a = iota[1073741822 by 1]"]],
    ["a random number for every second counter", ["let a = uniform 0[0 by 2]"]],
    ["labels held from above alone", ["store label[0] = i32.min(int(load x[0]), int(2))"]],
    ["labels held to too many", ["store label[0] = i32.min(i32.max(int(load x[0]), int(0)), int(3))"]],
    ["a random number before the first", ["let a = uniform 0[-1 by 1]"]],
  ])("%s", (_, lines) => {
    expect(() => verify(inF32(...lines))).toThrowErrorMatchingSnapshot();
  });

  test("what the text form cannot say", () => {
    const store = (index: unknown) =>
      ({
        name: "f",
        dtype: "f32",
        body: [{ kind: "store", buffer: list[1], index, lanes: 1, value: { kind: "const", value: 0 } }],
      }) as LoopFunction;
    expect(() => verify(store({ base: 0.5, terms: [] }))).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: loop function f at "store y[0.5]:1 = 0": an index is not an integer]`,
    );
    const loop = (terms: unknown) =>
      ({
        name: "f",
        dtype: "f32",
        body: [{ ...inF32("for i in 0..4 step 1").body[0], body: store({ base: 0, terms }).body }],
      }) as LoopFunction;
    expect(() => verify(loop([{ axis: "i", stride: 0 }]))).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: loop function f at "store y[0*i]:1 = 0": the stride of axis i is not an integer other than 0]`,
    );
    expect(() =>
      verify(
        loop([
          { axis: "i", stride: 1 },
          { axis: "i", stride: 1 },
        ]),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: loop function f at "store y[i + i]:1 = 0": axis i stands twice in one index]`,
    );
    expect(() => verify({ name: "a b", dtype: "f32", body: [] })).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: loop function a b: "a b" cannot name a function]`,
    );
  });
});
