/**
 * The memory of a module, every byte of it:
 *
 *   states | seed, step | inputs, targets | outputs | constants | arena | vector constants
 *
 * The functions of a module share everything; their arenas overlap, as they never run at once.
 */
import { isConstant, type Output } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { bytesPerElement, elementCount, type Type } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { alignTo, type BufferPlace, bytesPerPage, type PoolPlace } from "./place.ts";
import { constantsOf, type PlannedFunction, placesInArena } from "./plan.ts";

/** What the layout asks of a function. */
export interface PlacedFunction {
  readonly plan: PlannedFunction;
  readonly constants: readonly Node[];
}

export interface LayoutRequest {
  readonly batch: number;
  readonly states: readonly Node[];
  /** Inputs and targets. */
  readonly inputs: readonly Node[];
  readonly outputs: readonly Output[];
  /** Behind the outputs, the last of which are sums of the same types: what earlier calls summed up. */
  readonly earlier?: readonly Node[] | undefined;
  readonly functions: readonly PlacedFunction[];
}

/** All offsets are bytes from the start of the memory. */
export interface Layout {
  /** Of all functions: each has its own for a leaf or an output that they share. */
  readonly buffers: readonly BufferPlace[];
  /** Of states, inputs, targets and constants, in this order. */
  readonly leaves: ReadonlyMap<Node, number>;
  /** By the output's name. */
  readonly outputs: ReadonlyMap<string, number>;
  /** Two counters of one i32, the keys of random numbers. */
  readonly seed: BufferPlace;
  readonly step: BufferPlace;
  readonly pages: number;
  /** Behind all the rest: how many constants there are is known when the code is. */
  readonly pool: PoolPlace;
  readonly stateBytes: number;
  /** Inputs, targets and outputs at the full batch. */
  readonly exchangeBytes: number;
  readonly constantBytes: number;
  readonly arenaBytes: number;
  /** The most bytes of temporaries alive at once, over all functions: no arena can be smaller. */
  readonly lowerBoundBytes: number;
}

/** All constants of all helpers are fewer, in f32. */
const mostPoolBytes = 1024;

export function layOut(request: LayoutRequest): Layout {
  const memory = new Memory(request.batch);
  const leaves = new Map<Node, number>();
  const placeLeaves = (nodes: readonly Node[]): void => {
    for (const leaf of nodes) leaves.set(leaf, memory.take(leaf.type));
  };
  placeLeaves(request.states);
  const counter = (name: string): BufferPlace => ({
    buffer: { name, dtype: "i32", elementCount: 1 },
    byteOffset: memory.take({ dtype: "i32", dims: [] }, 4),
  });
  const [seed, step] = [counter("%seed"), counter("%step")];
  const stateBytes = memory.align();
  placeLeaves(request.inputs);
  const outputs = new Map(request.outputs.map(({ name, node }) => [name, memory.take(node.type)]));
  placeLeaves(request.earlier ?? []);
  const exchangeEnd = memory.align();
  placeLeaves(distinctConstants(request.functions));
  const arenaStart = memory.align();
  const arenaBytes = alignTo(Math.max(0, ...request.functions.map((f) => f.plan.arena.bytes)), 16);
  const pool = { byteOffset: arenaStart + arenaBytes, byteLength: mostPoolBytes };
  return {
    buffers: [seed, step, ...request.functions.flatMap((f) => placesOf(f, { leaves, outputs, arenaStart }))],
    leaves,
    outputs,
    seed,
    step,
    pages: Math.ceil((pool.byteOffset + pool.byteLength) / bytesPerPage),
    pool,
    stateBytes,
    exchangeBytes: exchangeEnd - stateBytes,
    constantBytes: arenaStart - exchangeEnd,
    arenaBytes,
    lowerBoundBytes: Math.max(0, ...request.functions.map((f) => f.plan.arena.lowerBoundBytes)),
  };
}

export function distinctConstants(functions: readonly PlacedFunction[]): Node[] {
  return [...new Set(functions.flatMap((f) => f.constants))];
}

interface Places extends Pick<Layout, "leaves" | "outputs"> {
  readonly arenaStart: number;
}

/** Where the buffers of one function lie. */
function placesOf({ plan }: PlacedFunction, { leaves, outputs, arenaStart }: Places): BufferPlace[] {
  const { assignment } = plan;
  const at = (buffer: LoopBuffer, byteOffset: number): BufferPlace => ({ buffer, byteOffset });
  const given = [...assignment.leaves].filter(([leaf]) => !isConstant(leaf));
  return [
    ...[...given, ...constantsOf(plan)].map(([leaf, buffer]) => at(buffer, leaves.get(leaf)!)),
    ...[...assignment.outputs].map(([name, buffer]) => at(buffer, outputs.get(name)!)),
    ...placesInArena(plan).map(({ buffer, byteOffset }) => at(buffer, arenaStart + byteOffset)),
  ];
}

class Memory {
  readonly #batch: number;
  #end = 0;

  constructor(batch: number) {
    this.#batch = batch;
  }

  /** Room for a value, behind all before; gives its offset. */
  take({ dtype, dims }: Type, alignment = 16): number {
    const byteOffset = alignTo(this.#end, alignment);
    this.#end = byteOffset + elementCount(dims, this.#batch) * bytesPerElement(dtype);
    return byteOffset;
  }

  /** 16-aligned for v128 loads. */
  align(): number {
    this.#end = alignTo(this.#end, 16);
    return this.#end;
  }
}
