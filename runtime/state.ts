/**
 * Saving and restoring: parameters, optimiser state, step counter and seed as one plain object.
 *
 *   { format: 1, hash: "9f86...", tensors: { "out.weight": Float32Array(12), ... }, step: 40, seed: 1 }
 */
import { checkArrays, checkLength, freshLike, type Port, type Tensor, viewAt } from "./port.ts";
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

export const saveState = (
  { hash, seed, step }: Signature,
  memory: WebAssembly.Memory,
  ports: readonly Port[],
): SavedState => ({
  format: 1,
  hash: hash!,
  tensors: Object.fromEntries(ports.map(({ name, view }) => [name, freshLike(view, view)])),
  step: viewAt(memory, "i32", step!)[0]! >>> 0,
  seed: viewAt(memory, "i32", seed!)[0]! >>> 0,
});

/** Throws a TypeError or RangeError, before anything is written, for a state that is not one of this graph, whole. */
export function restoreState(
  { hash, seed, step }: Signature,
  memory: WebAssembly.Memory,
  ports: readonly Port[],
  state: SavedState,
): void {
  checkInteger("format", state.format, 1, 1);
  if (state.hash !== hash) wrong("hash of the graph", hash, state.hash, TypeError);
  checkArrays("tensor", ports, state.tensors);
  checkInteger("step", state.step, 0, MAX_U32);
  checkInteger("seed", state.seed, 0, MAX_U32);
  const copies = ports.map((port) => {
    const tensor = state.tensors[port.name]!;
    checkLength(port, tensor);
    return freshLike(port.view, tensor);
  });
  // Nothing throws from here on.
  ports.forEach(({ view }, i) => {
    view.set(copies[i]!);
  });
  viewAt(memory, "i32", step!)[0] = state.step;
  viewAt(memory, "i32", seed!)[0] = state.seed;
}
