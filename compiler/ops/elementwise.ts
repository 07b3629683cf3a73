/**
 * The elementwise family: a scalar function applied to every element, inputs broadcast (aligned at the last axis).
 *
 *   elementwise("exp", { doc, inputs: ["x"], f: Math.exp, df: { x: ({ dy, y }) => mul(dy, y) } })
 *
 * Where an input was stretched, the reverse walk sums its cotangent back to the input's shape; `df` need not.
 */
import { noBroadcast, wrongDType } from "../diagnostics.ts";
import type { NoAttrs } from "../graph/attributes.ts";
import { constAttributes } from "../graph/attributes.ts";
import { type At, defineOp, type Facts, noInputs, type Op, type Reject, type Sample, type Value } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { broadcastDims, type Dims, elementCount, isFloat, type Type } from "../graph/types.ts";
import type { ElementBuilder, Expr } from "../loop/kernel.ts";

/** What a derivative may read. */
export type Reverse<Name extends string> = Readonly<Record<Name, Node>> & { readonly dy: Node; readonly y: Node };

export interface Elementwise<Name extends string> extends Facts<Name> {
  readonly slopes: NonNullable<Facts["slopes"]>;
  readonly doc: string;
  readonly inputs: readonly Name[];
  /** The scalar function in float64. Masks are 0 and 1. */
  f(...args: number[]): number;
  /** dy times the partial derivative for each input, or "none" for a function that is flat. */
  readonly df: { readonly [K in Name]?: (values: Reverse<Name>) => Node } | "none";
  /** Its lane operations, where it is not the one of the op's own name. */
  lane?(build: ElementBuilder, ...args: Expr[]): Expr;
  /** FLOPs per element; 1 unless said. */
  readonly flops?: number;
  /** Keeps test values in the function's domain and off its kinks. */
  readonly range?: readonly [low: number, high: number];
}

export function elementwise<const Name extends string>(name: string, spec: Elementwise<Name>): Op<Name, NoAttrs> {
  const { doc, inputs, f: _f, df: _df, lane: _lane, flops: _flops, range: _range, ...facts } = spec;
  return defineOp<Name, NoAttrs>({
    ...facts,
    name,
    doc,
    kind: "elementwise",
    inputs,
    shape: (types, _attrs, at) => elementwiseType(spec, types, at),
    flops: (_types, type, rows) => (spec.flops ?? 1) * elementCount(type.dims, rows),
    adjoint: spec.df === "none" ? "none" : (dy, inputs, y) => cotangents(spec, dy, inputs, y),
    reference: (inputs, dims) =>
      mapBroadcast(
        spec.f,
        spec.inputs.map((input) => inputs[input]),
        dims,
      ),
    element(build, inputs, at) {
      const args = spec.inputs.map((input) => inputs[input]!.broadcastAt(at));
      return spec.lane ? spec.lane(build, ...args) : build.op(name, ...args);
    },
    samples: sampleShapes(spec),
    rejects: rejects(spec),
  });
}

function elementwiseType<Name extends string>(spec: Elementwise<Name>, types: Record<Name, Type>, at: At): Type {
  let dims: Dims = [];
  let dtype: Type["dtype"] | undefined;
  spec.inputs.forEach((input, position) => {
    const type = types[input];
    const wantsMask = spec.masks?.inputs?.includes(input) ?? false;
    if (wantsMask !== (type.dtype === "bool") || (!wantsMask && !isFloat(type.dtype))) {
      throw wrongDType(at, position, wantsMask ? "a comparison's result (bool)" : "f32 or f64", type);
    }
    if (!wantsMask) {
      if (dtype !== undefined && dtype !== type.dtype) throw wrongDType(at, position, dtype, type);
      dtype = type.dtype;
    }
    const together = broadcastDims(dims, type.dims);
    if (together === undefined) throw noBroadcast({ ...at, inputs: at.inputs.slice(0, position + 1) }, dims, type.dims);
    dims = together;
  });
  return { dtype: spec.masks?.result ? "bool" : (dtype ?? "bool"), dims };
}

function cotangents<Name extends string>(
  spec: Elementwise<Name>,
  dy: Node,
  inputs: Record<Name, Node>,
  y: Node,
): Partial<Record<Name, Node>> {
  const result: Partial<Record<Name, Node>> = {};
  for (const input of spec.inputs) {
    const partial = spec.df === "none" ? undefined : spec.df[input];
    if (partial) result[input] = partial({ ...inputs, dy, y });
  }
  return result;
}

/** Applies a scalar function over broadcast float64 values. */
function mapBroadcast(
  f: (...args: number[]) => number,
  inputs: readonly Value[],
  dims: readonly number[],
): Float64Array {
  const count = dims.reduce((p, d) => p * d, 1);
  const result = new Float64Array(count);
  const offsets = inputs.map((input) => broadcastOffsets(input.dims, dims));
  const args = new Array<number>(inputs.length);
  for (let element = 0; element < count; element++) {
    for (let i = 0; i < inputs.length; i++) args[i] = inputs[i]!.data[offsets[i]!(element)]!;
    result[element] = f(...args);
  }
  return result;
}

/** The flat offset in a value of shape `from` that meets flat element e of the shape `to` it is broadcast to. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): (element: number) => number {
  return (element) => {
    let rest = element;
    let offset = 0;
    let stride = 1;
    for (let back = 1; back <= to.length; back++) {
      const size = to[to.length - back]!;
      const position = rest % size;
      rest = (rest - position) / size;
      const own = from[from.length - back] ?? 1;
      if (own !== 1) offset += position * stride;
      stride *= own;
    }
    return offset;
  };
}

/** Equal shapes at sizes with every tail, then each broadcast that the family allows. */
function sampleShapes<Name extends string>(spec: Elementwise<Name>): Sample[] {
  const range = spec.range;
  const all = (shape: Dims): Record<string, Dims> => Object.fromEntries(spec.inputs.map((input) => [input, shape]));
  const first = (own: Dims, others: Dims) => ({ ...all(others), [spec.inputs[0]!]: own });
  const shapes: Record<string, Dims>[] = [all([7]), all([3, 5]), all([]), all(["n", 4]), all(["n", 3]), all(["n"])];
  if (spec.inputs.length > 1) {
    shapes.push(
      first(["n", 3], [3]),
      first([5], ["n", 5]),
      first(["n", 1], ["n", 6]),
      first([], [2, 3]),
      first([4, 1], [3]),
    );
  }
  return shapes.map((s) => ({ shapes: s, range }));
}

function rejects<Name extends string>(spec: Elementwise<Name>): Reject[] {
  if (spec.inputs.length < 2) return [];
  const shapes = Object.fromEntries(spec.inputs.map((input, i) => [input, i === 0 ? [2, 3] : [2, 4]]));
  return [{ shapes, code: "shape/broadcast" }];
}

/** A node or a number that becomes a constant of its neighbour's type. */
export type Operand = Node | number;

/** Applies an elementwise op to nodes and numbers; at least one must be a node with a float type. */
export function applyElementwise(op: Op, operands: readonly Operand[]): Node {
  const like = operands.find(
    (operand): operand is Node => typeof operand !== "number" && operand.type.dtype !== "bool",
  );
  return apply(
    op,
    operands.map((operand) => (typeof operand === "number" ? scalar(operand, like!.type.dtype) : operand)),
  );
}

/** A scalar constant. */
export const scalar = (value: number, dtype: Type["dtype"]): Node => apply(constOp, [], { value, dtype });

/** A constant: one value for the shape [], or `values` in row-major order for a shape. */
export const constOp = defineOp({
  name: "const",
  doc: "A constant of the program: one number, or as many as its shape has elements. No cotangent flows into it.",
  kind: "leaf",
  method: "exact",
  inputs: noInputs,
  attributes: constAttributes,
  shape: (_types, { dtype = "f32", dims = [] }) => ({ dtype, dims }),
  flops: () => 0,
  adjoint: "none",
  reference: (_inputs, _dims, attrs) => Float64Array.from(attrs.values ?? [attrs.value!]),
  element: "leaf",
  samples: [],
  rejects: [],
});
