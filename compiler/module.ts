/**
 * Joins the compiled functions of a program to one module: layout, entries with their checks, data.
 *
 *   train: init(seed), step(n), evaluate(n), infer(n)         infer: infer(n), weights in the data segments
 */
import type { Program } from "./dsl/program.ts";
import type { StateValues } from "./freeze/freeze.ts";
import { type Graph, isState, nodesOf } from "./graph/graph.ts";
import type { Node } from "./graph/node.ts";
import { bytesPerElement, type DType } from "./graph/types.ts";
import { type HalfRange, toHalf } from "./half.ts";
import { type Panels, panelOrder } from "./loop/panels.ts";
import type { CompiledFunction } from "./pipeline.ts";
import { distinctConstants, type Layout, layOut } from "./plan/layout.ts";
import { requireRoom } from "./plan/room.ts";
import type { CustomSection, DataSegment, Entry, ModulePlan } from "./wasm/plan.ts";

export type Mode = "train" | "infer";

/** Statuses from this on name a field of labels: this + its position among the targets and, after them, the inputs. */
const firstLabelStatus = 2;

export const graphsOf = (program: Program, mode: Mode): Graph[] =>
  mode === "train" ? [program.init, program.step, program.evaluate, program.infer] : [program.infer];

/** States that the module holds: all of them in training, in inference those that it reads. */
export const statesOf = (program: Program, mode: Mode): Node[] =>
  mode === "train" ? program.states.map(({ node }) => node) : nodesOf(program.infer).filter(isState);

export function layOutModule(program: Program, mode: Mode, functions: readonly CompiledFunction[]): Layout {
  const source = mode === "train" ? program.step : program.infer;
  const { outputs } = mode === "train" ? program.evaluate : program.infer;
  const request = {
    batch: program.batch,
    states: statesOf(program, mode),
    inputs: source.inputs,
    outputs,
    earlier: mode === "train" ? program.accumulated?.earlier : [],
    functions,
  };
  const layout = layOut(request);
  requireRoom(request, layout);
  return layout;
}

export interface ModuleParts {
  readonly program: Program;
  readonly mode: Mode;
  readonly functions: readonly CompiledFunction[];
  readonly layout: Layout;
  /** For the data segments. */
  readonly weights: StateValues;
  readonly seed: number;
  /** Whether weights travel as halves; f32 inference only. */
  readonly half?: boolean;
  readonly customSections: readonly CustomSection[];
}

export function planModule(parts: ModuleParts): ModulePlan {
  const { program, mode, functions, layout, customSections } = parts;
  const weights = weightSegments(parts);
  const halves = parts.half && weights.length > 0 ? asHalves(weights) : undefined;
  return {
    buffers: layout.buffers,
    pages: layout.pages,
    pool: layout.pool,
    batch: program.batch,
    kernels: functions.flatMap((f) => f.loops),
    entries: functions.map((f) => entryOf(f, program, layout)),
    data: [
      ...(halves ? [halves.segment] : weights),
      ...constantSegments(parts),
      ...(mode === "train" ? seedSegments(parts) : []),
    ],
    ...(halves ? { halves: halves.range } : {}),
    customSections,
    seedBuffer: layout.seed.buffer,
    stepBuffer: layout.step.buffer,
  };
}

function entryOf({ name, loops: kernels, plan }: CompiledFunction, program: Program, { step }: Layout): Entry {
  if (name === "init") return { name, parameter: "seed", checks: [], kernels };
  const read = name === "infer" ? program.inputs : [...program.targets, ...program.inputs];
  const checks = [...program.targets, ...program.inputs].flatMap((field, position) => {
    const { node, dims, classes } = field;
    if (!read.includes(field) || classes === undefined) return [];
    const buffer = plan.assignment.leaves.get(node)!;
    const perRow = dims.reduce((p, d) => p * d, 1);
    return [{ buffer, perRow, classes, status: firstLabelStatus + position }];
  });
  return { name, parameter: "rows", checks, kernels, ...(name === "step" ? { increments: step.buffer } : {}) };
}

function weightSegments({ layout, weights, functions }: ModuleParts): DataSegment[] {
  const panels = new Map(functions.flatMap(panelsOf));
  return [...layout.leaves].flatMap(([leaf, byteOffset]) => {
    const values = weights.get(leaf);
    if (values === undefined) return [];
    const packed = panels.get(leaf);
    return [{ byteOffset, bytes: encodeValues(packed ? panelOrder(values, packed) : values, leaf.type.dtype) }];
  });
}

function panelsOf({ panels, plan }: CompiledFunction): [Node, Panels][] {
  const packed = new Map(panels.map((one) => [one.buffer, one]));
  return [...plan.assignment.leaves].flatMap(([leaf, buffer]): [Node, Panels][] => {
    const found = packed.get(buffer);
    return found ? [[leaf, found]] : [];
  });
}

/** All weights, and the gaps between them, as one range of halves in the upper half of its place. */
function asHalves(segments: readonly DataSegment[]): { segment: DataSegment; range: HalfRange } {
  const start = Math.min(...segments.map(({ byteOffset }) => byteOffset));
  const end = Math.max(...segments.map(({ byteOffset, bytes }) => byteOffset + bytes.length));
  const elementCount = (end - start) / 4;
  const halves = new DataView(new ArrayBuffer(2 * elementCount));
  for (const { byteOffset, bytes } of segments) {
    const values = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 4)
      halves.setUint16((byteOffset - start + at) / 2, toHalf(values.getFloat32(at, true)), true);
  }
  const segment = { byteOffset: start + 2 * elementCount, bytes: new Uint8Array(halves.buffer) };
  return { segment, range: { byteOffset: start, elementCount } };
}

const constantSegments = ({ functions, layout }: ModuleParts): DataSegment[] =>
  distinctConstants(functions).map((node) => ({
    byteOffset: layout.leaves.get(node)!,
    bytes: encodeValues(node.attrs.values as readonly number[], node.type.dtype),
  }));

const seedSegments = ({ layout, seed }: ModuleParts): DataSegment[] =>
  seed === 0 ? [] : [{ byteOffset: layout.seed.byteOffset, bytes: encodeValues([seed], "i32") }];

/** Little-endian bytes, as Wasm's memory has them. */
export function encodeValues(values: ArrayLike<number>, dtype: DType): Uint8Array {
  const width = bytesPerElement(dtype);
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (let i = 0; i < values.length; i++) {
    if (dtype === "f64") view.setFloat64(i * width, values[i]!, true);
    else if (dtype === "f32") view.setFloat32(i * width, values[i]!, true);
    else view.setInt32(i * width, values[i]!, true);
  }
  return new Uint8Array(view.buffer);
}
