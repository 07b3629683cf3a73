/**
 * What a module says about itself: its custom section "nabla" holds JSON (UTF-8), short, because it counts in the size of a
 * tiny inference module.
 *
 *   {"format":1,"batch":8,"inputs":[{"name":"x","offset":1024,"dims":[4]}],"outputs":[{"name":"y","offset":1152,"dims":[3]}]}
 *   -> { mode: "infer", dtype: "f32", batch: 8, inputs: [{ name: "x", offset: 1024, dims: [4], dtype: "f32" }], ... }
 *
 * It is a Signature with these left out: mode "infer", dtype "f32", empty lists, and the dtype of a slot that has the module's.
 * compiler/bindings/section.ts writes this form.
 */
import { checkInteger, wrong } from "./wrong.ts";

export type DType = "f32" | "f64" | "i32";

/** A named tensor in the module's memory. */
export interface Slot {
  readonly name: string;
  /** Bytes from the start of the memory. */
  readonly offset: number;
  /** Of one row for inputs, targets and outputs; of the whole tensor for parameters and optimiser state. */
  readonly dims: readonly number[];
  readonly dtype: DType;
  /** The values are labels 0 to classes - 1 (an input or target), or the last axis scores that many classes (an output). */
  readonly classes?: number | undefined;
  /** What the classes are called; the loader takes these names for labels. */
  readonly labels?: readonly string[] | undefined;
  /** An input: the columns of the file it was trained with, in element order; many in a row as one range, "p0..p783". */
  readonly columns?: readonly string[] | undefined;
  /** An output of a train module: the target whose classes it was compared with by the loss. */
  readonly scores?: string | undefined;
}

/** The part of the manifest that travels inside the module. */
export interface Signature {
  readonly format: 1;
  readonly mode: "train" | "infer";
  readonly dtype: "f32" | "f64";
  /** Most rows that one call of the module takes. */
  readonly batch: number;
  readonly inputs: readonly Slot[];
  readonly targets: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly parameters: readonly Slot[];
  readonly optimizer: readonly Slot[];
  /** Byte offset of the loss, one number of the module's dtype. */
  readonly loss?: number | undefined;
  /** How many numbers hold the sums of a loss that is no mean over rows, 16 bytes behind it; as many of earlier calls follow. */
  readonly sums?: number | undefined;
  /** Byte offset of the seed, a u32. */
  readonly seed?: number | undefined;
  /** Byte offset of the number of steps taken since init, a u32. */
  readonly step?: number | undefined;
  /** Train: whether the parameters came with values. Those that did not are drawn from the seed when the module is loaded. */
  readonly weights?: boolean | undefined;
  /** Of the graph text and the compiler's version: two modules with the same hash can exchange saved states. */
  readonly hash?: string | undefined;
}

type CompactSlot = Omit<Slot, "dtype"> & Partial<Pick<Slot, "dtype">>;

/** The lists of slots in a signature. */
export const SLOT_LISTS = ["inputs", "targets", "outputs", "parameters", "optimizer"] as const;

/** Numbers in a tensor of these dims. */
export const elementCount = (dims: readonly number[]): number => dims.reduce((count, extent) => count * extent, 1);

/**
 * Throws a RangeError where there is no section (the module is not ours), or one that is not JSON or of another format.
 * Where the slots lie is checked where they are opened; names and labels are trusted, as the module's code is.
 */
export function decodeSection(bytes: ArrayBuffer | ArrayBufferView | undefined): Signature {
  let signature: Record<string, unknown> & { dtype: DType };
  try {
    signature = { mode: "infer", dtype: "f32", ...JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    wrong("custom section", "nabla", bytes);
  }
  checkInteger("format", signature.format as number, 1, 1);
  checkInteger("batch", signature.batch as number, 1);
  for (const list of SLOT_LISTS)
    signature[list] = ((signature[list] as CompactSlot[]) ?? []).map((slot) => ({ dtype: signature.dtype, ...slot }));
  return signature as unknown as Signature;
}
