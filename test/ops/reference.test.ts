/** The op records themselves: refusals, shapes, references, documentation. */
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Op } from "../../compiler/graph/ir.ts";
import { apply, byName } from "../../compiler/graph/node.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { constOp, input, opByName, ops } from "../../compiler/ops/index.ts";
import { Random } from "../support/random.ts";
import { sampleGraph } from "../support/sample.ts";

const named = ops.map((op) => [op.name, op] as const);
const computing = named.filter(([, op]) => op.kind !== "leaf");

test("each op has a name of its own and a line for the reference page", () => {
  expect(opByName.size).toBe(ops.length);
  for (const op of ops) expect(op.doc, op.name).toMatch(/^\S.*\.$/s);
});

test.each(computing)("%s: has samples; the reference fills its shape at every number of rows", (_name, op) => {
  expect(op.samples.length).toBeGreaterThan(0);
  for (const sample of op.samples) {
    const { graph, output, leaves } = sampleGraph(op, sample, "f64");
    verifyGraph(graph);
    const types = byName(
      output.op,
      output.inputs.map((node) => node.type),
    );
    for (const rows of [1, 3, 8]) {
      const y = interpret(graph, { rows, leaves: leaves(rows, new Random(rows)), seed: 1 }).outputs.get("y")!;
      expect(y.length).toBe(elementCount(output.type.dims, rows));
      expect(y.every(Number.isFinite)).toBe(true);
      expect(output.op.flops(types, output.type, rows, output.attrs)).toBeGreaterThanOrEqual(0);
    }
  }
});

describe("refusals", () => {
  const cases = ops.flatMap((op) => op.rejects.map((reject, i) => [op.name, i, op, reject] as const));

  test.each(cases)("%s %i", (_name, _i, op, reject) => {
    const inputs = op.inputs.map((name, i) => {
      const leaf = input(name, { dtype: op.labels?.[name] ? "i32" : "f32", dims: reject.shapes[name]! });
      return takesMask(op, i) ? apply(opByName.get("gt")!, [leaf, zero]) : leaf;
    });
    const error = errorOf(() => apply(op, inputs, reject.attrs));
    expect(error.diagnostics.map(({ code }) => code)).toEqual([reject.code]);
    expect(error.message).toMatchSnapshot();
  });

  test("every op with shapes that can clash has one", () => {
    const without = ops.filter((op) => op.inputs.length > 1 && op.rejects.length === 0).map((op) => op.name);
    expect(without).toEqual([]);
  });

  test.each([
    ["add", ["f32", "i32"]],
    ["add", ["f32", "f64"]],
    ["and", ["f32", "f32"]],
    ["select", ["f32", "f32", "f32"]],
    ["oneHot", ["f32"]],
  ] as const)("%s of %s: the element type", (name, dtypes) => {
    const op = opByName.get(name)!;
    const inputs = dtypes.map((dtype, i) => input(op.inputs[i]!, { dtype, dims: [3] }));
    const error = errorOf(() => apply(op, inputs, { classes: 3, dtype: "f32" }));
    expect(error.diagnostics.map(({ code }) => code)).toEqual(["type/dtype"]);
    expect(error.message).toMatchSnapshot();
  });
});

const zero = apply(constOp, [], { value: 0, dtype: "f32" });
const takesMask = (op: Op, position: number): boolean =>
  ["and", "or", "not"].includes(op.name) || (op.name === "select" && position === 0);

function errorOf(body: () => unknown): CompileError {
  try {
    body();
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("values by hand", () => {
  const value = (dims: readonly number[], data: readonly number[]) => ({ dims, data: Float64Array.from(data) });
  const matrix = value([2, 3], [1, 2, 3, 4, 5, 6]);
  const context = { rows: 2, seed: 0, step: 0 };

  test.each([
    ["matmul", { a: matrix, b: value([3, 1], [1, 0, -1]) }, [2, 1], {}, [-2, -2]],
    ["sum", { x: matrix }, [3], { axes: [0], keep: false }, [5, 7, 9]],
    ["sum", { x: matrix }, [2, 1], { axes: [1], keep: true }, [6, 15]],
    ["max", { x: matrix }, [2], { axes: [1], keep: false }, [3, 6]],
    ["max", { x: value([2], [1, Number.NaN]) }, [], { axes: [0], keep: false }, [Number.NaN]],
    ["min", { x: matrix }, [3], { axes: [0], keep: false }, [1, 2, 3]],
    ["prod", { x: matrix }, [2], { axes: [1], keep: false }, [6, 120]],
    ["transpose", { x: matrix }, [3, 2], { permutation: [1, 0] }, [1, 4, 2, 5, 3, 6]],
    ["broadcast", { x: value([2, 1], [1, 2]) }, [2, 3], {}, [1, 1, 1, 2, 2, 2]],
    ["add", { a: matrix, b: value([2, 1], [10, 20]) }, [2, 3], {}, [11, 12, 13, 24, 25, 26]],
    ["select", { mask: value([3], [1, 0, 1]), a: value([], [7]), b: value([3], [1, 2, 3]) }, [3], {}, [7, 2, 7]],
    ["oneHot", { labels: value([2], [2, 0]) }, [2, 3], { classes: 3 }, [0, 0, 1, 1, 0, 0]],
    ["relu", { x: value([4], [-1, -0, 2, Number.NaN]) }, [4], {}, [0, -0, 2, Number.NaN]],
    ["maximum", { a: value([2], [-0, Number.NaN]), b: value([2], [0, 1]) }, [2], {}, [0, Number.NaN]],
    ["erf", { x: value([3], [0, 1, -3]) }, [3], {}, [0, 0.8427007929497148, -0.9999779095030014]],
    ["softplus", { x: value([3], [0, 800, -800]) }, [3], {}, [Math.LN2, 800, 0]],
    ["sigmoid", { x: value([3], [0, 800, -800]) }, [3], {}, [0.5, 1, 0]],
    ["rows", {}, [], {}, [2]],
  ] as const)("%s", (name, inputs, dims, attrs, want) => {
    const got = opByName.get(name)!.reference(inputs, dims, attrs, context);
    expect(got.length).toBe(want.length);
    want.forEach((expected, i) => {
      if (Number.isInteger(expected) || Number.isNaN(expected)) expect(got[i]).toBe(expected);
      else expect(got[i]).toBeCloseTo(expected, 14);
    });
  });
});
