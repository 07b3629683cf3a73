import { describe, expect, test } from "vitest";
import { laneOps } from "../../compiler/loop/ir.ts";
import { executed, f32, f64, interpreted } from "./support.ts";

/** -0, infinities, NaN, ties, denormals, the largest numbers, integers at the end of the mantissa. */
const special = {
  f32: [
    0,
    1,
    0.5,
    1.5,
    2.5,
    3.7,
    1e-45,
    1e-40,
    2 ** -126,
    3.4028234e38,
    2 ** 23 - 0.5,
    2 ** 24,
    Number.POSITIVE_INFINITY,
  ],
  f64: [
    0,
    1,
    0.5,
    1.5,
    2.5,
    3.7,
    5e-324,
    1e-310,
    2 ** -1022,
    1.7e308,
    2 ** 31 + 0.5,
    2 ** 52 - 0.5,
    2 ** 53,
    Number.POSITIVE_INFINITY,
  ],
};

function pairs(dtype: "f32" | "f64"): { x: number[]; y: number[] } {
  const values = [...special[dtype].flatMap((value) => [value, -value]), Number.NaN, 7];
  return { x: values.flatMap((x) => values.map(() => x)), y: values.flatMap(() => values) };
}

const operandsOf: Readonly<Record<string, string>> = {
  v: "x",
  vv: "x, y",
  m: "lt(x, y)",
  mm: "lt(x, y), ne(x, 0)",
  mvv: "lt(x, y), x, y",
  i: "int(x)",
  ii: "int(x), int(y)",
  mii: "lt(x, y), int(x), int(y)",
};

/** An expression of x and y that shows the operation's result as floats; masks as 1 and 0. */
function shown(op: string): string {
  const { args, result } = laneOps[op]!;
  const value = `${op}(${operandsOf[args]})`;
  return { m: `select(${value}, 1, 0)`, i: `float(${value})`, v: value }[result];
}

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  const { x, y } = pairs(dtype);
  const elements = dtype === "f32" ? f32 : f64;
  const width = dtype === "f32" ? 4 : 2;

  test("every lane operation gives the interpreter's bits", async () => {
    // The bits of madd are the engine's choice: test/relaxed.
    const ops = Object.keys(laneOps).filter((op) => op !== "madd");
    const buffers = {
      x: elements(x),
      y: elements(y),
      ...Object.fromEntries(ops.map((op) => [`r.${op}`, elements(x.map(() => 99))])),
    };
    const text = ops
      .map(
        (op) => `func ${op} ${dtype}
  for j in 0..${x.length} step ${width}
    let x = load x[j]
    let y = load y[j]
    store r.${op}[j] = ${shown(op)}`,
      )
      .join("\n");
    const [got, expected] = [await executed(text, buffers, 1), interpreted(text, buffers, 1)];
    for (const op of ops) {
      const at = got[`r.${op}`]!.findIndex((value, i) => !Object.is(value, expected[`r.${op}`]![i]));
      expect(at < 0 ? "" : `${op}(${x[at]}, ${y[at]}) = ${got[`r.${op}`]![at]}`).toBe("");
      expect(new Set(expected[`r.${op}`]).size).toBeGreaterThan(1);
    }
  });

  test("select from a zero on either side gives the interpreter's bits", async () => {
    const selects = ["v, 0", "0, v", "v, -0", "-0, v", "0, -0", "-0, 0", "0, 0"];
    const results = selects.map((_, i) => [`r${i}`, elements(x.map(() => 99))] as const);
    const buffers = { x: elements(x), y: elements(y), ...Object.fromEntries(results) };
    const stores = selects.map((args, i) => `    store r${i}[j] = select(lt(v, load y[j]), ${args})`);
    const head = `func f ${dtype}\n  for j in 0..${x.length} step ${width}\n    let v = load x[j]`;
    const text = [head, ...stores].join("\n");
    const [got, expected] = [await executed(text, buffers, 1), interpreted(text, buffers, 1)];
    for (const [i, args] of selects.entries()) {
      const at = got[`r${i}`]!.findIndex((value, j) => !Object.is(value, expected[`r${i}`]![j]));
      expect(at < 0 ? "" : `${args} at ${x[at]}, ${y[at]}: ${got[`r${i}`]![at]}`).toBe("");
    }
  });

  test("lanes change places", async () => {
    const values = [1e8, 1, -1e8, 1, 3, 1e-3, -7, 1e7];
    const bits = width === 4 ? [1, 2] : [1];
    const buffers = { x: elements(values), y: elements(new Array(values.length * bits.length).fill(0)) };
    const stores = bits.map((bit, at) => `    store y[j + ${at * values.length}] = swap ${bit}(load x[j])`);
    const text = `func lanes ${dtype}\n  for j in 0..${values.length} step ${width}\n${stores.join("\n")}`;
    const got = await executed(text, buffers, 1);
    expect(got).toEqual(interpreted(text, buffers, 1));
    bits.forEach((bit, at) => {
      const want = values.map((_, i) => values[i ^ bit]!);
      expect([...got.y!.slice(at * values.length, (at + 1) * values.length)]).toEqual(
        want.map(dtype === "f32" ? Math.fround : Number),
      );
    });
  });

  test("the count of steps has no sign", async () => {
    const buffers = { step: { dtype: "i32" as const, values: [-256] }, y: elements(new Array(width).fill(0)) };
    const { y } = await executed(`func f ${dtype}\n  store y[0] = step`, buffers, 1);
    expect(y).toEqual(new Array(width).fill(2 ** 32 - 256));
  });

  test("gather, iota, rows, step and i32 loads", async () => {
    const integers = [0, -1, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), 5, 6, 7];
    const buffers = {
      x: elements(Array.from({ length: 40 }, (_, i) => i + 0.25)),
      t: { dtype: "i32" as const, values: integers },
      step: { dtype: "i32" as const, values: [2 ** 24 + 1] },
      y: elements(new Array(464).fill(-1)),
    };
    const rest = width === 4 ? ["", ":1", ":2", ":3"] : ["", ":1"];
    const sources = [
      ...rest.flatMap((lanes) => [`load x[5*i + 1]${lanes}`, `gather x[5*i + 2 by 3]${lanes}`]),
      ...rest.flatMap((lanes) => [
        `float(load t[i]${lanes})`,
        `float(gather t[i by 1]${lanes})`,
        `gather x[-5*i + 39 by -4]${lanes}`,
      ]),
      "splat x[7*i]",
      "float(splat t[i + 3])",
      "float(iota[5*i - 3 by 7])",
      "float(iota[9 by -2])",
      "float(swap 1(i32.add(load t[i], iota[0 by 3])))",
      "float(swap 1(swap 1(load t[i])))",
      "float(i32.select(i32.lt(load t[i], swap 1(load t[i])), load t[i], int(-7)))",
      "rows",
      "step",
    ];
    const stores = sources.map((source, at) => `    store y[${width}*i + ${at * width * 4}] = ${source}`);
    const text = `func loads ${dtype}\n  for i in 0..4 step 1\n${stores.join("\n")}`;
    const expected = interpreted(text, buffers, 3);
    expect(await executed(text, buffers, 3)).toEqual(expected);
    expect(await executed(text, buffers, 3, false)).toEqual(expected);
  });
});
