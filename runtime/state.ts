/**
 * Saving and restoring: parameters, optimiser state, step counter and seed as one plain object.
 *
 *   { format: 1, hash: "9f86...", tensors: { "out.weight": Float32Array(12), ... }, step: 40, seed: 1 }
 */
import { countRows } from "./feed.ts";
import { freshLike, type Memory, type Port, type Tensor, viewAt } from "./port.ts";
import type { Signature } from "./section.ts";
import { checkInteger, MAX_U32, wrong } from "./wrong.ts";

export interface SavedState {
  readonly format: 1;
  /** Of the graph; only a net with the same hash takes the state. */
  readonly hash: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Steps taken since init. */
  readonly step: number;
  readonly seed: number;
}

export interface State {
  /** A copy of all that training changes; survives structuredClone. */
  save(): SavedState;
  /** Throws, before anything is written, a TypeError or RangeError for a state of another graph or one that is not whole. */
  restore(state: SavedState): void;
}

export function openState(signature: Signature, memory: Memory, ports: readonly Port[]): State {
  const hash = signature.hash!;
  const step = viewAt(memory, "i32", signature.step!);
  const seed = viewAt(memory, "i32", signature.seed!);
  return {
    save: () => ({
      format: 1,
      hash,
      tensors: Object.fromEntries(ports.map(({ name, view }) => [name, view.slice()])),
      step: step[0]! >>> 0,
      seed: seed[0]! >>> 0,
    }),
    restore(state) {
      checkInteger("format", state.format, 1, 1);
      if (state.hash !== hash) wrong("hash", hash, state.hash, TypeError);
      countRows(ports, "tensor", state.tensors, 1, 1);
      checkInteger("step", state.step, 0, MAX_U32);
      checkInteger("seed", state.seed, 0, MAX_U32);
      const copies = ports.map(({ name, view }) => freshLike(view, state.tensors[name]!));
      // Nothing throws from here on.
      for (const [i, copy] of copies.entries()) ports[i]!.view.set(copy);
      step[0] = state.step;
      seed[0] = state.seed;
    },
  };
}
