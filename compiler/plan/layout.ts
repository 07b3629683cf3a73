/**
 * The memory of a module, every byte of it:
 *
 *   states | seed, step | inputs, targets | outputs | constants | arena | vector constants
 *
 * The functions of a module share everything; their arenas overlap, as they never run at once.
 */
import type { Node } from "../graph/node.ts";
import { bytesPerElement, type Dims, type DType, elementCount } from "../graph/types.ts";
import { constantBuffer } from "../loop/lower.ts";
import type { CompiledFunction } from "../pipeline.ts";
import { type BufferPlace, bytesPerPage, type PoolPlace } from "../wasm/plan.ts";
import { alignTo } from "./arena.ts";
import { outputBuffer } from "./buffers.ts";

/** A value that outlives a call or is exchanged with the caller. */
export interface Fixed {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: Dims;
}

export interface LayoutRequest {
  readonly batch: number;
  readonly states: readonly Fixed[];
  /** Inputs and targets. */
  readonly inputs: readonly Fixed[];
  readonly outputs: readonly Fixed[];
  readonly functions: readonly CompiledFunction[];
}

export interface Layout {
  readonly buffers: readonly BufferPlace[];
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

/** Named so that no parameter can be called the same. */
export const seedBuffer = "%seed";
export const stepBuffer = "%step";

/** All constants of all helpers are fewer, in f32. */
const mostPoolBytes = 1024;

export function layOut(request: LayoutRequest): Layout {
  const memory = new Memory(request.batch);
  for (const state of request.states) memory.place(state);
  const counter = (name: string): Fixed => ({ name, dtype: "i32", dims: [] });
  memory.place(counter(seedBuffer), 4);
  memory.place(counter(stepBuffer), 4);
  const stateBytes = memory.align();
  for (const input of request.inputs) memory.place(input);
  for (const output of request.outputs) memory.place({ ...output, name: outputBuffer(output.name) });
  const exchangeEnd = memory.align();
  for (const node of distinctConstants(request.functions)) {
    memory.place({ name: constantBuffer(node), dtype: node.type.dtype, dims: node.type.dims });
  }
  const arenaStart = memory.align();
  for (const { plan } of request.functions) {
    for (const { name, node } of plan.assignment.temporaries) {
      memory.placeAt(arenaStart + plan.arena.offsets.get(name)!, {
        name,
        dtype: node.type.dtype,
        dims: node.type.dims,
      });
    }
  }
  const arenaBytes = alignTo(Math.max(0, ...request.functions.map((f) => f.plan.arena.bytes)), 16);
  const pool = { byteOffset: arenaStart + arenaBytes, byteLength: mostPoolBytes };
  return {
    buffers: memory.buffers,
    pages: Math.ceil((pool.byteOffset + pool.byteLength) / bytesPerPage),
    pool,
    stateBytes,
    exchangeBytes: exchangeEnd - stateBytes,
    constantBytes: arenaStart - exchangeEnd,
    arenaBytes,
    lowerBoundBytes: Math.max(0, ...request.functions.map((f) => f.plan.arena.lowerBoundBytes)),
  };
}

export function distinctConstants(functions: readonly CompiledFunction[]): Node[] {
  return [...new Set(functions.flatMap((f) => f.constants))];
}

class Memory {
  readonly buffers: BufferPlace[] = [];
  readonly #batch: number;
  #end = 0;

  constructor(batch: number) {
    this.#batch = batch;
  }

  place(value: Fixed, alignment = 16): void {
    this.#end = alignTo(this.#end, alignment);
    this.#end += this.placeAt(this.#end, value);
  }

  /** Places a value and gives its bytes. */
  placeAt(byteOffset: number, { name, dtype, dims }: Fixed): number {
    const count = elementCount(dims, this.#batch);
    this.buffers.push({ name, dtype, elementCount: count, byteOffset });
    return count * bytesPerElement(dtype);
  }

  /** 16-aligned for v128 loads. */
  align(): number {
    this.#end = alignTo(this.#end, 16);
    return this.#end;
  }
}
