import { describe, expect, test } from "vitest";
import { helperOps } from "../../compiler/loop/ir.ts";
import { threefryUniform } from "../../compiler/ops/threefry-reference.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { executed, f32, f64, i32, interpreted, planOf } from "./support.ts";

describe.each([
  ["f32", 4, f32, 1e-5],
  ["f64", 2, f64, 1e-12],
] as const)("%s", (dtype, width, elements, tolerance) => {
  test("every helper is the function that it names", async () => {
    const x = Array.from({ length: 12 }, (_, i) => 0.2 + 0.15 * i);
    const ops = Object.entries(helperOps);
    const buffers = {
      x: elements(x),
      ...Object.fromEntries(ops.map(([op]) => [op, elements(x.map(() => 0))])),
    };
    const text = ops
      .map(([op, count]) => {
        const args = ["load x[j]", "3"].slice(0, count).join(", ");
        return `func f_${op} ${dtype}\n  for j in 0..12 step ${width}\n    store ${op}[j] = ${op}(${args})`;
      })
      .join("\n");
    const [got, expected] = [await executed(text, buffers, 1), interpreted(text, buffers, 1)];
    for (const [op] of ops) {
      for (let i = 0; i < x.length; i++) {
        const error = Math.abs(got[op]![i]! / expected[op]![i]! - 1);
        expect([op, x[i], error < tolerance ? "near" : got[op]![i]]).toEqual([op, x[i], "near"]);
      }
    }
  });

  test("uniform counts by index, or repeats one number; seed and step are its keys", async () => {
    const buffers = {
      seed: i32([123456789]),
      step: i32([7]),
      y: elements(new Array(40).fill(-1)),
    };
    const text = `func draw ${dtype}
  for i in 0..5 step 1
    store y[${width}*i] = uniform 3[${width}*i + 100 by 1]
    store y[${width}*i + ${5 * width}] = uniform 4[i + 2 by 0]`;
    const { y } = await executed(text, buffers, 1);
    expect(y).toEqual(interpreted(text, buffers, 1).y);
    expect(y![1]).toBe(threefryUniform(123456789, 7, 101, 3));
  });
});

test("a module has only the helpers it uses, and they are inlined", async () => {
  const buffers = { x: f32([1, 2, 3, 4]) };
  const wat = async (op: string) => {
    const plan = planOf(`func kernel f32\n  store x[0] = ${op}(load x[0])`, buffers, 1);
    return (await emitModule(plan)).wat();
  };
  const functions = async (op: string) => (await wat(op)).match(/^ {2}\(func \$/gm)?.length;
  expect(await functions("sqrt")).toBe(2);
  expect(await functions("exp")).toBe(2);
  expect((await wat("exp")).match(/call \$/g)).toHaveLength(1);
});

test("what runs once a call and needs a helper that init calls, calls it too; loops have it inlined", async () => {
  const buffers = { x: f32([1, 2, 3, 4]), y: f32([0, 0, 0, 0]), seed: i32([0]), step: i32([0]) };
  const store = (value: string, indent = "  ") => `${indent}store y[0] = ${value}\n`;
  const looped = `  for i in 0..n step 1\n${store("exp(load x[0])", "    ")}`;
  const text = `func start f32\n${store("exp(load x[0])")}func once f32\n${store("exp(mul(load x[0], 2))")}
func often f32\n${looped}func other f32\n${store("log(load x[0])")}`;
  const plan = planOf(text, buffers, 1);
  const entries = plan.entries.map((entry) =>
    entry.name === "start" ? { ...entry, parameter: "seed" as const, checks: [] } : entry,
  );
  const wat = await (await emitModule({ ...plan, entries })).wat();
  const calling = [...wat.matchAll(/\(func \$kernel_(\w+)[\s\S]*?(?=\n {2}\()/g)].flatMap(([body, name]) =>
    body.includes("call $") ? [name] : [],
  );
  expect(calling.sort()).toEqual(["once", "start"]);
  expect(await executed(text, buffers, 1)).toEqual(await executed(text, buffers, 1, false));
});
