/**
 * Lanes from memory and to it, each an access of its own.
 *
 *   v128.load offset=32 p   ->   [f32.load offset=32 p, f32.load offset=36 p, ...]
 */
import type { Module, Ref } from "../../wasm/int.ts";
import { type Kind, type Lane, type Lanes, laneBytes } from "./lanes.ts";

/** Where an instruction accesses memory, and what it promises of the address; `ptr` is a local or a constant. */
export interface Access {
  readonly ptr: Ref;
  readonly offset: number;
  readonly align: number;
}

/** That many bytes as `kind`; 8 bytes are two words rather than a 64-bit integer, which JavaScript has not. */
export function loadLanes(module: Module, place: Access, kind: Kind, bytes: number): Lanes {
  const of = laneBytes[kind] <= bytes ? kind : "i32";
  const lanes = Array.from({ length: bytes / laneBytes[of] }, (_, i) => () => {
    const { offset, align, ptr } = laneAt(module, place, of, i);
    return module[of].load(offset, align, ptr);
  });
  return { kind: of, lanes };
}

export const storeLanes = (module: Module, place: Access, { kind, lanes }: Lanes): Ref[] =>
  lanes.map((lane: Lane, i) => {
    const { offset, align, ptr } = laneAt(module, place, kind, i);
    return module[kind].store(offset, align, ptr, lane());
  });

const laneAt = (module: Module, { ptr, offset, align }: Access, kind: Kind, index: number): Access => ({
  ptr: module.copyExpression(ptr),
  offset: offset + index * laneBytes[kind],
  align: Math.min(align, laneBytes[kind]),
});
