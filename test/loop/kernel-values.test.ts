/** The kernel interpreter by hand: the arithmetic of each form. */
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { interpretKernels } from "../../compiler/loop/interpret-kernel.ts";
import { affine, type Expr, type Kernel, type KernelStore } from "../../compiler/loop/kernel.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";

const given: Record<string, number[]> = { x: [1, 2, 3, 4], y: [-1, -1, -1, -1, -1, -1] };

/** What y is after the kernels ran over two rows. */
function valuesOf(text: string, dtype: "f32" | "f64" = "f64"): number[] {
  const labels: LoopBuffer = { name: "label", dtype: "i32", elementCount: 4, below: 3 };
  const floats = Object.entries(given).map(([name, { length }]): LoopBuffer => ({ name, dtype, elementCount: length }));
  const buffers = new Map([
    [labels, Float64Array.of(2, 0, 2, 1)],
    ...floats.map((buffer) => [buffer, Float64Array.from(given[buffer.name]!)] as const),
  ]);
  interpretKernels(parseKernels(text, buffers.keys()), dtype, { buffers, rows: 2, seed: 3, step: 5 });
  return [...buffers.get(floats[1]!)!];
}

test.each([
  ["points in their order", "kernel k [i0<n, i1<3]\n  y[i0 + 2*i1] = index(10*i0 + i1)", [0, 10, 1, 11, 2, 12]],
  ["a sum in each of them", "kernel k [i0<2*n]\n  y[i0] = sum[r0<3](x[r0])", [6, 6, 6, 6, -1, -1]],
  [
    "the parts of a sum",
    "kernel k []\n  y[0] = sum[r0<2](x[r0])[](x[3])[r0<2](mul(10, x[r0]))",
    [37, -1, -1, -1, -1, -1],
  ],
  ["the largest of negative numbers", "kernel k []\n  y[0] = max[r0<4](neg(x[r0]))", [-1, -1, -1, -1, -1, -1]],
  ["a guard", "kernel k [i0<6]\n  y[i0] = where[q0 = i0 - 1, q0<4](x[q0]; 9)", [9, 1, 2, 3, 4, 9]],
  ["a guard that a stride skips", "kernel k [i0<6]\n  y[i0] = where[2*q0 = i0 + 1, q0<3](x[q0])", [0, 2, 0, 3, 0, 0]],
  [
    "a guard in a maximum",
    "kernel k []\n  y[0] = max[r0<3](where[q0 = r0 - 1, q0<4](neg(x[q0])))",
    [0, -1, -1, -1, -1, -1],
  ],
  ["a place that memory says", "kernel k [i0<4]\n  y[i0] = x[label[i0] + 1]", [4, 2, 4, 3, -1, -1]],
  ["additions that meet", "kernel k [i0<4]\n  y[2*label[i0]] += x[i0]", [2, 0, 4, 0, 4, 0]],
  ["all values before any store", "kernel k []\n  y[0] = x[0]\n  y[1] = y[0]", [1, -1, -1, -1, -1, -1]],
  ["kernels one after the other", "kernel a []\n  y[0] = x[3]\nkernel b []\n  y[1] = y[0]", [4, 4, -1, -1, -1, -1]],
  [
    "products and least values",
    "kernel k []\n  y[0] = prod[r0<4](x[r0])\n  y[1] = min[r0<4](neg(x[r0]))",
    [24, -4, -1, -1, -1, -1],
  ],
  [
    "a place of the largest",
    "kernel k []\n  y[0] = argmax[r0<4](x[label[r0]], index(10*r0)).1",
    [0, -1, -1, -1, -1, -1],
  ],
  [
    "the turns of a loop, body by body",
    "kernel a (t<3) []\n  y[t] = index(t)\nkernel b (t<3) []\n  y[t + 1] = add(y[t], 5)",
    [0, 1, 2, 7, -1, -1],
  ],
  ["turns backwards", "kernel a (t<3 backwards) []\n  y[t] = add(y[t + 1], 1)", [2, 1, 0, -1, -1, -1]],
  [
    "the boxes of a nest add up from one zero",
    "kernel a of k [i0<2]\n  y[0] += x[i0]\nkernel b of k []\n  y[0] += x[3]",
    [7, 0, 0, 0, 0, 0],
  ],
  ["rows and steps", "kernel k []\n  y[0] = rows\n  y[1] = step", [2, 5, -1, -1, -1, -1]],
])("%s", (_, text, expected) => expect(valuesOf(text)).toEqual(expected));

test("two guards that share a body read it each at its own place", () => {
  const floats = ["x", "y"].map((name): LoopBuffer => ({ name, dtype: "f64", elementCount: 4 }));
  const [kernel] = parseKernels("kernel k [i0<4]\n  y[i0] = where[q0 = i0, q0<4](x[q0])", floats) as [Kernel];
  const [store] = kernel.stores as [KernelStore];
  const there = { ...(store.value as Expr & { kind: "where" }), index: affine(3, [{ axis: "i0", stride: -1 }]) };
  const value: Expr = { kind: "op", op: "sub", args: [store.value, there] };
  const buffers = new Map(floats.map((buffer) => [buffer, Float64Array.from(given.x!)]));
  interpretKernels([{ ...kernel, stores: [{ ...store, value }] }], "f64", { buffers, rows: 1 });
  expect([...buffers.get(floats[1]!)!]).toEqual([-3, -1, 1, 3]);
});

test("each operation of f32 is rounded", () => {
  const text = "kernel k []\n  y[0] = sub(add(16777216, 1), 16777216)\n  y[1] = 0.1";
  expect(valuesOf(text, "f32").slice(0, 2)).toEqual([0, Math.fround(0.1)]);
  expect(valuesOf(text, "f64").slice(0, 2)).toEqual([1, 0.1]);
});

test.each([
  ["an element past the end", "kernel k [i0<5]\n  y[i0] = x[i0]", "read of x[4] is outside the buffer"],
  ["an axis outside of its loops", "kernel k []\n  y[0] = x[r0]", "read of x[NaN] is outside the buffer"],
  ["an axis in use", "kernel k [i0<2]\n  y[i0] = sum[i0<2](x[i0])", "axis i0 is in use by a loop around this one"],
])("refuses %s", (_, text, message) => expect(() => valuesOf(text)).toThrow(message));
