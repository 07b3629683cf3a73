/** Kernels survive printing and reading. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { Axis, Expr, Index, Kernel } from "../../compiler/loop/kernel.ts";
import { reduceNames } from "../../compiler/loop/monoids.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";
import { printKernel } from "../../compiler/loop/print-kernel.ts";

const text = `kernel step.0 [i0<n, i1<128]
  step.h[128*i0 + i1] = pmax(add(sum[r0<784](mul(x[784*i0 + r0], w[128*r0 + i1])), b[i1]), -0)
kernel g.1.0 of g.1 [i0<10*n, i1<2*4]
  %out/y[-i0 + 4*i1 - 3] = select(lt(uniform#3(i0), rows), div(step, index(2*i0 - 1)), Infinity)
  dw[16*label[i0] + i1] += where[2*q0 = i0 - 1, q0<8](where[q1 = q0, q1<3](x[q1]; -1e-7))
kernel g.1.1 of g.1 []
  y[0] = max[r0<3](x[r0])[](exp(x[-%1[0]]))[r0<2, r1<n](where[q0 = r0, q0<1](x[q0]; x[r1]))
kernel g.2 (t0<5) [i0<n]
  y[5*i0 + t0] = x[i0]
kernel g.3 (t0<5, t1<3 backwards) []
  y[t0 - t1] = 0
kernel words []
  sum[0] = add(sum[0], max[](max[2*sum[1]]))
  where[i0] = where[q0 = 1, q0<2](where[q0])
  rows[0] = sub(rows, step[uniform[0] + 1])`;

test("text is read and printed as it was", () => {
  expect(parseKernels(text).map(printKernel).join("\n")).toBe(text);
});

test("kernels of one nest share it", () => {
  const [alone, first, second] = parseKernels(text);
  expect(first!.nest).toBe(second!.nest);
  expect(alone!.nest).toEqual({ name: "step.0" });
});

test("neighbours whose loops read the same are in one loop", () => {
  const [, , , first, second] = parseKernels(text).map(({ nest }) => nest.repeats);
  expect(first).toEqual([{ axis: "t0", extent: 5, backwards: false }]);
  expect(second![0]).toBe(first![0]);
  expect(second![1]).toEqual({ axis: "t1", extent: 3, backwards: true });
});

test("what is read twice is one object, where its axes are the same", () => {
  const [kernel] = parseKernels(`
  kernel k [i0<n]
    y[i0] = add(sum[r0<3](exp(x[r0])), exp(x[i0]))
    z[i0] = mul(sum[r0<3](exp(x[r0])), exp(x[i0]))
    t[i0] = sum[r0<3](exp(x[r0]))[r0<5](exp(x[r0]))`);
  const args = (e: Expr) => (e.kind === "op" ? e.args : []);
  const [y, z, t] = kernel!.stores.map(({ value }) => value);
  expect(args(y!)[0]).toBe(args(z!)[0]);
  expect(args(y!)[1]).toBe(args(z!)[1]);
  if (t?.kind !== "reduce") throw new Error("not a reduction");
  expect(t.body).toEqual(t.more![0]!.body);
  expect(t.body).not.toBe(t.more![0]!.body);
});

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const stride = integer.filter((s) => s !== 0);
const count = fc.integer({ min: 1, max: 4096 });
const names = [
  "x",
  "hidden.weight",
  "%1",
  "out:y",
  "n",
  "sum",
  "max",
  "where",
  "rows",
  "step",
  "uniform",
  "index",
  "of",
];
const buffers = names.map((name): LoopBuffer => ({ name, dtype: "f64", elementCount: 8 }));
const label: LoopBuffer = { name: "label", dtype: "i32", elementCount: 8, below: 3 };
const axisName = fc.constantFrom("i0", "r0", "q.1", "sum");
const terms = fc.uniqueArray(fc.record({ axis: axisName, stride }), { selector: ({ axis }) => axis });
const affine = fc.record({ base: integer, terms });
const dynamic = fc.record({ stride, buffer: fc.constant(label), index: affine });
const index = fc.oneof(affine, fc.record({ base: integer, terms, dynamic })) as fc.Arbitrary<Index>;
const extent = fc.oneof(count, fc.constant("n" as const));
const axes: fc.Arbitrary<Axis[]> = fc.array(fc.record({ name: axisName, extent, scale: count }), { maxLength: 3 });
const { value } = fc.letrec<{ value: Expr }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("const" as const), value: fc.double() }),
    fc.record({ kind: fc.constantFrom("rows" as const, "step" as const) }),
    fc.record({ kind: fc.constant("load" as const), buffer: fc.constantFrom(...buffers), index }),
    fc.record({ kind: fc.constant("index" as const), index: affine }),
    fc.record({ kind: fc.constant("uniform" as const), stream: count, index: affine }),
    fc.record({
      kind: fc.constant("op" as const),
      op: fc.constantFrom("add", "max", "where", "sum", "exp"),
      args: fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("where" as const),
      axis: axisName,
      extent: count,
      divisor: count,
      index: affine,
      body: tie("value"),
      otherwise: tie("value"),
    }),
    fc.record(
      {
        kind: fc.constant("reduce" as const),
        reduce: fc.constantFrom(...reduceNames),
        axes,
        body: tie("value"),
        more: fc.array(fc.record({ axes, body: tie("value") }), { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ["kind", "reduce", "axes", "body"] },
    ),
    fc.record({
      kind: fc.constant("component" as const),
      at: fc.constantFrom(0, 1),
      of: fc.record({
        kind: fc.constant("reduce" as const),
        reduce: fc.constant("argmax" as const),
        axes,
        body: fc.record({ kind: fc.constant("tuple" as const), parts: fc.tuple(tie("value"), tie("value")) }),
      }),
    }),
  ) as fc.Arbitrary<Expr>,
}));
const store = fc.record(
  { buffer: fc.constantFrom(...buffers), index, value, accumulates: fc.constant(true) },
  { requiredKeys: ["buffer", "index", "value"] },
);

test("any kernel survives printing and reading", () => {
  const name = fc.constantFrom("infer.0", "of", "kernel");
  const kernel = fc.record({ name, nest: fc.record({ name }), axes, stores: fc.array(store, { maxLength: 3 }) });
  const survives = fc.property(kernel as fc.Arbitrary<Kernel>, (one) => {
    expect(parseKernels(printKernel(one), [...buffers, label])).toEqual([one]);
  });
  fc.assert(survives, { numRuns: 300 });
});

test.each([
  ["kernel k i0<n", "no brackets"],
  ["kernel k [i0<n", "an open bracket"],
  ["kernel k [i0]", "an axis without an end"],
  ["kernel k [i0<0.5*n]", "half a scale"],
  ["kernel k []\n  y[0] 1", "no equals sign"],
  ["kernel k []\n    y[0] = 1", "too deep"],
  ["kernel k []\n  y[0] = exp", "an operation without arguments"],
  ["kernel k []\n  y[0] = sum[r0<3]", "a reduction of nothing"],
  ["kernel k []\n  y[0] = where[q0 = 0, q1<2](1)", "another place"],
  ["kernel k []\n  y[0] = 1 2", "two values"],
  ["y[0] = 1", "no kernel"],
  ["kernel k (t0) []", "a loop without an end"],
])("refuses %j: %s", (broken) => {
  expect(() => parseKernels(broken)).toThrowErrorMatchingSnapshot();
});
