import { describe, expect, test } from "vitest";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { compiled, executed, f32, f64, guardsIntact, instantiate, interpreted, planOf } from "./support.ts";

const numbers = (count: number, seed = 1) => Array.from({ length: count }, (_, i) => Math.sin(seed + i) * 3);

describe.each([
  ["f32", 4, f32],
  ["f64", 2, f64],
] as const)("%s", (dtype, width, elements) => {
  test("elementwise over every length from 1 to 67, guards untouched", async () => {
    const lengths = Array.from({ length: 67 }, (_, i) => i + 1);
    const buffers = Object.fromEntries(
      lengths.flatMap((length) => [
        [`x${length}`, elements(numbers(length, length))],
        [`y${length}`, elements(new Array(length).fill(7))],
      ]),
    );
    const text = lengths
      .map((length) => {
        const whole = length - (length % width);
        const tail = `:${length % width}`;
        const value = (lanes: string, at: string) =>
          `store y${length}[${at}]${lanes} = add(load x${length}[${at}]${lanes}, 1.5)`;
        const last = whole < length ? `\n  ${value(tail, String(whole))}` : "";
        return `func f${length} ${dtype}\n  for j in 0..${whole} step ${width}\n    ${value("", "j")}${last}`;
      })
      .join("\n");
    expect(await executed(text, buffers, 1)).toEqual(interpreted(text, buffers, 1));
  });

  test("bounds in n: every n from 1 to the batch, with vectors, a tail and nested axes", async () => {
    const batch = 13;
    const text = `func rows ${dtype}
  for e in 0..down(3*n, ${width}) step ${width}
    store y[e] = mul(load x[e], 2)
  for e in down(3*n, ${width})..3*n step 1
    store y[e]:1 = mul(load x[e]:1, 2)
  for i in down(n, 3)..n step 1
    for j in 0..3 step 1
      store z[3*i + j]:1 = add(load x[3*i + j]:1, rows)
  for i in 0..n step 5
    store w[i]:1 = splat x[3*i + 2]`;
    const filled = (count: number) => elements(new Array(count).fill(7));
    const buffers = { x: elements(numbers(3 * batch)), y: filled(3 * batch), z: filled(3 * batch), w: filled(batch) };
    const plan = planOf(text, buffers, batch);
    const module = await compiled(plan);
    for (let n = 1; n <= batch; n++) {
      const instance = instantiate(module, plan, buffers);
      expect(instance.call("rows", n)).toBe(0);
      const expected = interpreted(text, buffers, n);
      for (const name of ["y", "z", "w"]) expect([n, instance.elements(name)]).toEqual([n, expected[name]]);
      expect(guardsIntact(instance)).toBe(true);
    }
  });

  test("a constant of a block that does not run is there for the next one", async () => {
    const text = `func constants ${dtype}
  for i in down(n, 2)..n step 1
    store y[i]:1 = 3
    for j in 0..2 step 1
      store y[j]:1 = 5
  for i in 0..2 step 1
    for j in 4..6 step 1
      store y[2*i + j]:1 = add(5, load y[j]:1)
    store y[i + 2]:1 = 3`;
    const buffers = { y: elements(numbers(10)) };
    const module = await compiled(planOf(text, buffers, 3));
    for (const n of [2, 3]) {
      const instance = instantiate(module, planOf(text, buffers, 3), buffers);
      instance.call("constants", n);
      expect(instance.elements("y")).toEqual(interpreted(text, buffers, n).y);
    }
  });

  test("axes that fall, start late, and run once or never", async () => {
    const text = `func axes ${dtype}
  for i in 2..7 step 2
    for j in 1..4 step 1
      store y[-4*i + j + 30]:1 = splat x[3*i - j + 3]
  for i in 3..4 step 1
    store y[10*i - 30]:1 = splat x[2*i - 6]
  for i in 5..5 step 1
    store y[1000*i]:1 = 0`;
    const buffers = { x: elements(numbers(24)), y: elements(numbers(32, 9)) };
    const expected = interpreted(text, buffers, 1);
    expect(await executed(text, buffers, 1)).toEqual(expected);
    expect(expected.y).not.toEqual(buffers.y.values);
  });
});

const [m, k, n] = [8, 24, 16];
const tile = [0, 1, 2, 3].flatMap((row) => [0, 1].map((half) => ({ row, half })));
const matmul = `func matmul_4x8 f32
  for i in 0..${m} step 4
    for j in 0..${n} step 8
${tile.map(({ row, half }) => `      let c${row}${half} = 0`).join("\n")}
      for k in 0..${k} step 1
        let b0 = load b[${n}*k + j]
        let b1 = load b[${n}*k + j + 4]
${[0, 1, 2, 3].map((row) => `        let a${row} = splat a[${k}*i + k + ${row * k}]`).join("\n")}
${tile.map(({ row, half }) => `        set c${row}${half} = add(c${row}${half}, mul(a${row}, b${half}))`).join("\n")}
${tile.map(({ row, half }) => `      store y[${n}*i + j + ${row * n + 4 * half}] = c${row}${half}`).join("\n")}`;
const matrices = { a: f32(numbers(m * k)), b: f32(numbers(k * n, 5)), y: f32(new Array(m * n).fill(0)) };

test("a 4x8 tile of a matrix product", async () => {
  const { y } = await executed(matmul, matrices, 1);
  expect(y).toEqual(interpreted(matmul, matrices, 1).y);
  const [a, b] = [matrices.a.values, matrices.b.values];
  for (let at = 0; at < m * n; at++) {
    const [i, j] = [Math.floor(at / n), at % n];
    const exact = a.slice(i * k, (i + 1) * k).reduce((sum, value, l) => sum + value * b[l * n + j]!, 0);
    expect(y![at]).toBeCloseTo(exact, 3);
  }
});

test("loops advance pointers: no multiplication, one pointer an operand", async () => {
  const wat = await (await emitModule(planOf(matmul, matrices, 1))).wat();
  const inner = wat.slice(wat.lastIndexOf("(loop"), wat.indexOf("v128.store"));
  expect(inner.match(/load32_splat/g)).toHaveLength(4);
  expect(inner.match(/i32\.(add|sub)/g)).toHaveLength(2);
  expect(inner.match(/br_if/g)).toHaveLength(1);
  expect(wat).not.toContain("i32.mul");
});
