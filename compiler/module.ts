/** Joins the compiled functions of a module: layout, entries with their checks, data. */

import type { StateValues } from "./freeze/freeze.ts";
import { attrsOf, constAttributes } from "./graph/attributes.ts";
import type { Convention, ModuleDeclaration } from "./graph/function.ts";
import { isState, nodesOf } from "./graph/graph.ts";
import type { Node } from "./graph/node.ts";
import { bytesPerElement, type DType, elementCount } from "./graph/types.ts";
import { panelOrder } from "./loop/panels.ts";
import type { CompiledFunction } from "./pipeline.ts";
import { distinctConstants, type Layout, layOut } from "./plan/layout.ts";
import { requireRoom } from "./plan/room.ts";
import { type HalfRange, toHalf } from "./wasm/half.ts";
import type { CustomSection, DataSegment, Entry, ModulePlan } from "./wasm/plan.ts";

/** A function of the module, all but emitted, and how it is called. */
export interface ModuleFunction extends CompiledFunction {
  readonly convention: Convention;
}

/** Whether it runs once, before all others. */
export const startsStates = ({ convention }: { readonly convention: Convention }): boolean =>
  convention.parameter === "seed";

/** The states that the functions of a module read or write, in the order in which they do. */
export function statesOf({ functions, earlier }: ModuleDeclaration): Node[] {
  const used = functions.flatMap(({ graph }) => [
    ...graph.updates.map(({ state }) => state),
    ...nodesOf(graph).filter(isState),
  ]);
  return [...new Set(used)].filter((state) => !earlier.includes(state));
}

export function layOutModule(
  declared: ModuleDeclaration,
  batch: number,
  functions: readonly CompiledFunction[],
): Layout {
  const { inputs, outputs, earlier } = declared;
  const request = { batch, states: statesOf(declared), inputs, outputs, earlier, functions };
  const layout = layOut(request);
  requireRoom(request, layout);
  return layout;
}

export interface ModuleParts {
  /** The most rows of a call. */
  readonly batch: number;
  readonly functions: readonly ModuleFunction[];
  readonly layout: Layout;
  /** For the data segments. */
  readonly weights: StateValues;
  readonly seed: number;
  /** Whether weights travel as halves; f32 inference only. */
  readonly half?: boolean;
  readonly customSections: readonly CustomSection[];
}

export function planModule(parts: ModuleParts): ModulePlan {
  const { batch, functions, layout, customSections } = parts;
  const weights = weightSegments(parts);
  const halves = parts.half && weights.length > 0 ? asHalves(weights) : undefined;
  return {
    buffers: layout.buffers,
    pages: layout.pages,
    pool: layout.pool,
    batch,
    kernels: functions.flatMap((f) => f.loops),
    entries: functions.map((f) => entryOf(f, layout)),
    data: [...(halves ? [halves.segment] : weights), ...constantSegments(parts), ...seedSegments(parts)],
    ...(halves ? { halves: halves.range } : {}),
    customSections,
    seedBuffer: layout.seed.buffer,
    stepBuffer: layout.step.buffer,
  };
}

function entryOf({ name, loops: kernels, plan, convention }: ModuleFunction, { step }: Layout): Entry {
  const checks = convention.labels.map(({ leaf, classes, status }) => {
    const perRow = elementCount(leaf.type.dims, 1);
    return { buffer: plan.assignment.leaves.get(leaf)!, perRow, classes, status };
  });
  const { parameter, isStep } = convention;
  return { name, parameter, checks, kernels, ...(isStep ? { increments: step.buffer } : {}) };
}

function weightSegments({ layout, weights, functions }: ModuleParts): DataSegment[] {
  const panels = new Map(functions.flatMap(({ laid }) => [...(laid.panels ?? [])]));
  return [...layout.leaves].flatMap(([leaf, byteOffset]) => {
    const values = weights.get(leaf);
    if (values === undefined) return [];
    const { dims, dtype } = leaf.type;
    const width = panels.get(leaf);
    const inOrder = width ? panelOrder(values, dims.at(-1) as number, width) : values;
    return [{ byteOffset, bytes: encodeValues(inOrder, dtype) }];
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
    bytes: encodeValues(attrsOf(node, constAttributes).values!, node.type.dtype),
  }));

/** What a module draws from where the host names no seed, if it draws at all. */
const seedSegments = ({ functions, layout, seed }: ModuleParts): DataSegment[] =>
  seed === 0 || !functions.some(startsStates)
    ? []
    : [{ byteOffset: layout.seed.byteOffset, bytes: encodeValues([seed], "i32") }];

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
