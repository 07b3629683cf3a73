/** The adjoint of every op against differences, and planted faults: the check catches each. */
import { describe, expect, test } from "vitest";
import { sumTo } from "../../compiler/adjoint/pass-back.ts";
import type { Op } from "../../compiler/graph/ir.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { sameDims } from "../../compiler/graph/types.ts";
import { div, max, mul, neg, ops, reshape } from "../../compiler/ops/index.ts";
import { adjointError } from "./sample-adjoint.ts";

const tolerance = 1e-6;
const batch = 8;
const differentiable = ops.filter((op) => op.adjoint !== "none");

test("the table holds what is expected to be differentiable", () => {
  expect(differentiable.map((op) => op.name)).toMatchInlineSnapshot(`
    [
      "neg",
      "add",
      "sub",
      "mul",
      "div",
      "mulNoNan",
      "exp",
      "log",
      "expm1",
      "log1p",
      "sqrt",
      "pow",
      "tanh",
      "sigmoid",
      "softplus",
      "erf",
      "sin",
      "cos",
      "abs",
      "relu",
      "minimum",
      "maximum",
      "select",
      "sum",
      "prod",
      "max",
      "min",
      "fold",
      "matmul",
      "batchedMatmul",
      "convolution",
      "contraction",
      "transpose",
      "reshape",
      "broadcast",
      "slice",
      "pad",
      "concat",
      "windows",
      "copy",
      "gather",
      "scatterAdd",
    ]
  `);
});

describe("adjoints agree with differences", () => {
  test.each(differentiable.map((op) => [op.name, op] as const))("%s", (_name, op) => {
    for (const sample of op.samples) {
      for (const rows of rowsFor(sample.shapes)) {
        const where = `${op.name} ${JSON.stringify(sample)} at ${rows} rows`;
        expect(adjointError(op, sample, rows), where).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

const rowsFor = (shapes: Readonly<Record<string, readonly unknown[]>>): number[] =>
  Object.values(shapes).some((dims) => dims.includes("n")) ? [1, 3, batch] : [1];

/** Ways to get a cotangent wrong; undefined where a way does not apply to the shapes. */
const faults: Record<string, (cotangent: Node, input: Node) => Node | undefined> = {
  "sign flipped": (cotangent) => neg(cotangent),
  "1.01 times too large": (cotangent) => mul(cotangent, 1.01),
  "half of it": (cotangent) => div(cotangent, 2),
};

/** What a stretched input gets when its cotangent is not summed: one of the entries that meet it. */
function unsummed(cotangent: Node, input: Node): Node | undefined {
  const { dims } = input.type;
  if (sameDims(cotangent.type.dims, dims)) return undefined;
  const right = sumTo(cotangent, dims);
  const axes = (right.inputs[0]?.attrs.axes ?? []) as readonly number[];
  return axes.length > 0 ? reshape(max(cotangent, axes), dims) : undefined;
}

/** The op with one input's cotangent replaced, or dropped where `change` gives undefined. */
function withFault(op: Op, name: string, change: (cotangent: Node, input: Node) => Node | undefined): Op {
  if (op.adjoint === "none") return op;
  const rule = op.adjoint;
  return {
    ...op,
    adjoint(dy, inputs, y, differentiate) {
      const partials = rule(dy, inputs, y, differentiate);
      const cotangent = partials[name];
      return cotangent ? { ...partials, [name]: change(cotangent, inputs[name]!) } : partials;
    },
  };
}

const caught = (op: Op): boolean =>
  op.samples.some((sample) => rowsFor(sample.shapes).some((rows) => adjointError(op, sample, rows) > tolerance));

/** Masks and labels get no cotangent, so nothing can be wrong with it. */
const inputsWithCotangent = (op: Op): string[] =>
  op.inputs.filter((name) => !(op.name === "select" && name === "mask") && !op.labels?.[name]);

describe("planted faults are caught", () => {
  const cases = differentiable.flatMap((op) => inputsWithCotangent(op).map((input) => [op.name, input, op] as const));
  test.each(cases)("%s: cotangent of %s", (_name, input, op) => {
    for (const [fault, change] of Object.entries(faults))
      expect(caught(withFault(op, input, change)), fault).toBe(true);
    expect(caught(withFault(op, input, () => undefined)), "dropped").toBe(true);
  });

  const stretching = differentiable.filter(
    (op) => op.name === "broadcast" || (op.kind === "elementwise" && op.inputs.length > 1),
  );
  test.each(stretching.map((op) => [op.name, op] as const))("%s: no sum over stretched axes", (_name, op) => {
    let stretched = false;
    const faulty = inputsWithCotangent(op).map((input) =>
      withFault(op, input, (cotangent, primal) => {
        const wrong = unsummed(cotangent, primal);
        stretched ||= wrong !== undefined;
        return wrong ?? cotangent;
      }),
    );
    expect(faulty.some(caught)).toBe(true);
    expect(stretched).toBe(true);
  });
});
