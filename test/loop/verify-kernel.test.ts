/** Each law of kernels: text that keeps it passes, text that breaks it is refused in words. */
import { describe, expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { Kernel } from "../../compiler/loop/kernel.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";
import { verifyKernels } from "../../compiler/loop/verify-kernel.ts";
import { functionStages } from "../../compiler/pipeline.ts";
import { tiledKernels } from "../support/stages.ts";

const batch = 5;
const known: LoopBuffer[] = [
  { name: "x", dtype: "f32", elementCount: 10 * batch },
  { name: "y", dtype: "f32", elementCount: 10 * batch },
  { name: "table", dtype: "f32", elementCount: 12 },
  { name: "label", dtype: "i32", elementCount: batch, below: 3 },
  { name: "found", dtype: "i32", elementCount: batch, below: 3 },
  { name: "count", dtype: "i32", elementCount: 1 },
  { name: "exact", dtype: "f64", elementCount: batch },
];

const verify = (text: string): void => verifyKernels(parseKernels(text, known), { dtype: "f32", batch });

test.each([
  [
    "every form of a value",
    "kernel k [i0<n]\n  y[i0] = select(lt(uniform#1(i0), rows), div(step, float(index(2*i0 - 1))), 0)",
  ],
  ["rows as one run", "kernel k [i0<10*n]\n  y[i0] = exp(x[i0])"],
  ["a falling index", "kernel k [i0<n, i1<10]\n  y[10*i0 - i1 + 9] = x[49 - i0]"],
  ["a sum in parts", "kernel k [i0<n]\n  y[i0] = sum[r0<10](x[10*i0 + r0])[](1)[r0<3, r1<n](x[10*r1 + r0])"],
  [
    "a reduction that two stores read",
    "kernel k [i0<n]\n  y[i0] = max[r0<3](x[r0])\n  y[i0 + 40] = neg(max[r0<3](x[r0]))",
  ],
  ["one of two results", "kernel k [i0<n]\n  found[i0] = argmax[r0<3](table[r0], index(r0)).1"],
  ["what labels say", "kernel k [i0<n, i1<4]\n  y[10*i0 + i1] = table[4*label[i0] + i1]"],
  ["additions that meet", "kernel k [i0<n, i1<4]\n  table[4*label[i0] + i1] += x[10*i0 + i1]"],
  [
    "a guard, which holds inside alone",
    "kernel k [i0<n, i1<10]\n  y[10*i0 + i1] = where[2*q0 = i1 - 6, q0<9](table[q0 + 10]; 1)",
  ],
  ["a guard that never holds", "kernel k []\n  y[0] = where[q0 = -1, q0<3](table[q0 + 100])"],
  ["turns of loops", "kernel k (t0<10) [i0<n]\n  y[10*i0 + t0] = x[10*i0 - t0 + 9]"],
  ["an update in place", "kernel k [i0<n, i1<10]\n  y[10*i0 + i1] = mul(y[i1 + 10*i0], 2)"],
  ["axes of one point", "kernel k [i0<1, i1<n]\n  y[i1] = x[i1]"],
])("accepts %s", (_, text) => expect(() => verify(text)).not.toThrow());

describe("refuses", () => {
  test.each([
    ["kernel k [i0<n]\n  y[i0 + 46] = 0", "y has 50 elements, index i0 + 46 goes from 46 to 50"],
    ["kernel k [i0<n]\n  y[i0] = x[-i0 + 3]", "x has 50 elements, index -i0 + 3 goes from -1 to 3"],
    ["kernel k [i0<n]\n  y[i0] = sum[r0<12](x[10*i0 + r0])", "goes from 0 to 51"],
    ["kernel k [i0<n]\n  y[i0] = table[6*label[i0]]", "index 6*label[i0] goes from 0 to 12"],
    ["kernel k [i0<n]\n  y[i0] = table[label[i0 + 1]]", "label has 5 elements, index i0 + 1 goes from 1 to 5"],
    ["kernel k [i0<n]\n  y[i0] = table[count[0]]", "nothing says below what the numbers in count are"],
    ["kernel k [i0<n]\n  y[i0] = table[x[i0]]", "x, which says where to read or write, is f32, expected i32"],
    ["kernel k [i0<10]\n  y[i0] = where[q0 = i0 - 1, q0<20](table[q0 + 4])", "index q0 + 4 goes from 4 to 12"],
    ["kernel k (t0<51) []\n  y[t0] = 0", "y has 50 elements, index t0 goes from 0 to 50"],
    ["kernel k [i0<n]\n  y[i0] = exact[i0]", "exact is f64, the kernel f32"],
    ["kernel k [i0<n]\n  exact[i0] = 0", "exact is f64, the kernel f32"],
    ["kernel k [i0<n]\n  found[i0] = 1", "found holds a vector of i32, stored is a vector of floats"],
    ["kernel k [i0<n]\n  y[i0] = label[i0]", "y holds a vector of floats, stored is a vector of i32"],
    ["kernel k [i0<n]\n  y[i0] = x[r0]", "axis r0 belongs to no loop around this statement"],
    ["kernel k []\n  y[0] = x[t0]", "axis t0 belongs to no loop around this statement"],
    ["kernel k []\n  y[0] = add(sum[r0<3](x[r0]), x[r0])", "axis r0 belongs to no loop around this statement"],
    [
      "kernel k []\n  y[0] = add(where[q0 = 1, q0<3](x[q0]), x[q0])",
      "axis q0 belongs to no loop around this statement",
    ],
    ["kernel k [i0<3]\n  y[i0] = sum[i0<3](x[i0])", "axis i0 is in use by a loop around this one"],
    ["kernel k [i0<0]\n  y[i0] = 0", "axis i0 has no points"],
    ["kernel k []\n  y[0] = where[0*q0 = 1, q0<3](x[q0])", "the guard of q0 has no points"],
    ["kernel k [i0<n]\n  table[label[i0]] = 0", "what memory says is no place of one point alone"],
    ["kernel k (t0<3) [i0<4]\n  y[4*t0 + i0] += 1", "what is added up in turn t0 wipes what other turns have"],
    ["kernel k [i0<4]\n  y[i0] = add(y[i0], y[i0 + 1])", "y[i0 + 1] may be stored by another point before it is read"],
    ["kernel k [i0<4]\n  y[i0] = sum[r0<3](y[i0])", "y[i0] may be stored by another point"],
    ["kernel k [i0<4]\n  y[i0] += y[i0]", "y[i0] may be stored by another point"],
    ["kernel k [i0<4]\n  found[i0] = table[found[0]]", "found[0] may be stored by another point"],
    [
      "kernel a of k []\n  y[0] = 1\nkernel b of k []\n  x[0] = y[0]",
      "kernel b at x[0]: y[0] may be stored by another",
    ],
    ["kernel k []\n  y[0] = add(sum[r0<3](x[r0]), sum[r0<4](x[r0]))", "a second reduction"],
    ["kernel k []\n  y[0] = sum[r0<3](max[r1<3](x[r0]))", "a second reduction"],
    ["kernel k []\n  y[0] = argmax[r0<3](x[r0], index(r0))", "argmax has several results, none is named"],
    ["kernel k []\n  y[0] = argmax[r0<3](x[r0], index(r0)).2", "argmax has no result 2"],
    ["kernel k []\n  y[0] = sum[r0<3](x[r0], 1)", "sum takes 1 values of a point, got 2"],
    ["kernel k []\n  y[0] = sum[r0<3](lt(x[r0], 1))", "sum takes (v), got (m)"],
    ["kernel k []\n  y[0] = lt(x[0], 1)", "y holds a vector of floats, stored is a mask"],
    ["kernel k []\n  y[0] = select(x[0], 1, 2)", "select takes (m, v, v), got (v, v, v); v floats, i i32, m a mask"],
    ["kernel k []\n  y[0] = exp(x[0], x[1])", "exp takes (v), got (v, v)"],
    ["kernel k []\n  y[0] = twice(x[0])", "unknown operation twice"],
    [
      "kernel k []\n  y[0] = select(where[q0 = 0, q0<3](lt(x[q0], 1)), 1, 2)",
      "a guard has a mask inside, and outside a vector",
    ],
    ["kernel k []\n  y[0] = index(r0)", "axis r0 belongs to no loop around this statement"],
    ["kernel k []\n  y[0] = uniform#1(r0)", "axis r0 belongs to no loop around this statement"],
  ])("%s", (text, message) => expect(() => verify(text)).toThrow(message));
});

test("an error names the kernel and the store", () => {
  const text = "kernel step.3 [i0<n]\n  x[i0] = 1\n  y[i0] = table[9*i0]";
  expect(() => verify(text)).toThrow("kernel step.3 at y[i0]: table has 12 elements, index 9*i0 goes from 0 to 36");
});

test("the stage that lowers refuses a broken kernel", () => {
  const [tiled] = tiledKernels("graph g(x: f32[n,3])\n  y: f32[n,3] = exp x\n  return y");
  const stage = functionStages.find(({ name }) => name === "lower")!;
  const kernel: Kernel = { ...tiled!.kernel, axes: [{ name: "i0", extent: "n", scale: 4 }] };
  const verifyStage = stage.verify as (output: unknown, made: unknown, settings: unknown) => void;
  expect(() => verifyStage([{ name: "g.0", kernels: [kernel] }], {}, { dtype: "f32", batch: 6 })).toThrow(
    "goes from 0 to 23",
  );
});
