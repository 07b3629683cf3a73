/**
 * All that is known of a built module: what the loader needs (a Signature, which travels inside the module) and what people
 * and tools ask for (memory, FLOPs, bytes), which does not.
 */
import { type Signature, SLOT_LISTS, type Slot } from "../../runtime/section.ts";
import { internalError } from "../diagnostics.ts";
import type { FlopCount } from "../flops.ts";
import type { Region } from "../graph/region.ts";

export type { Signature, Slot };

export interface Manifest extends Signature {
  readonly memory: {
    /** Of 64 KiB; the memory never grows. */
    readonly pages: number;
    /** Bytes of parameters and optimiser state. */
    readonly stateBytes: number;
    /** Bytes of inputs, targets and outputs, where the loader writes and reads. */
    readonly exchangeBytes: number;
    /** Bytes of constant tensors. */
    readonly constantBytes: number;
    /** Bytes of the arena that activations and adjoints share. */
    readonly arenaBytes: number;
    /** Most bytes of it alive at once: no arena can be smaller. */
    readonly lowerBoundBytes: number;
  };
  /** Floating-point operations of one call at the full batch; a step is forward, adjoint and update together. */
  readonly flops: { readonly infer: FlopCount; readonly evaluate?: FlopCount } & Partial<Record<Region, FlopCount>>;
  readonly bytes: {
    /** Of the module. */
    readonly wasm: number;
    /** Of the one with relaxed SIMD, where there is one. */
    readonly relaxedWasm?: number;
    /** Of the weights in its data segments. */
    readonly weights: number;
  };
  /** SHA-256 of the graph text and the compiler's version, hex. */
  readonly hash: string;
}

/** Throws an InternalError for a signature that the loader would misread; the DSL has refused such names before. */
export function checkSignature(signature: Signature): void {
  if (signature.inputs.length === 0) throw internalError("signature: expected at least one input, got none");
  for (const list of SLOT_LISTS) checkNames(list, signature[list]);
  checkNames("parameters and optimizer", [...signature.parameters, ...signature.optimizer]);
  for (const list of SLOT_LISTS) for (const slot of signature[list]) checkSlot(list, slot);
  // evaluate gives { loss, ...outputs }.
  if (signature.mode === "train" && signature.outputs.some((slot) => slot.name === "loss"))
    throw internalError("signature: an output of a train module is named loss, which evaluate needs");
}

function checkNames(list: string, slots: readonly Slot[]): void {
  const names = slots.map((slot) => slot.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw internalError(`signature: ${list}: the name "${twice}" occurs twice`);
  // As a key of a plain object it would set the prototype.
  if (names.includes("__proto__")) throw internalError(`signature: ${list}: a slot is named __proto__`);
}

function checkSlot(list: string, { name, offset, dtype, classes }: Slot): void {
  const align = dtype === "f64" ? 8 : 4;
  if (offset % align !== 0)
    throw internalError(
      `signature: ${list}: "${name}" is ${dtype}: expected an offset that ${align} divides, got ${offset}`,
    );
  if ((list === "inputs" || list === "targets") && dtype === "i32" && !classes)
    throw internalError(`signature: ${list}: "${name}" is i32: expected its number of classes, got ${classes}`);
}
