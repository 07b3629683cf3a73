/**
 * Writes the custom section "nabla" through which the loader knows a module: the JSON of its Signature, without what goes
 * without saying. runtime/section.ts defines the form and reads it.
 *
 *   encodeSection(manifest)  -> {"format":1,"batch":8,"inputs":[{"name":"x","offset":1024,"dims":[4]}],"outputs":[...]}
 */
import { type Signature, SLOT_LISTS, type Slot } from "../../runtime/section.ts";
import { checkSignature } from "./manifest.ts";

const SECTION_NAME = "nabla";

/**
 * The contents of the section, UTF-8. Left out: mode "infer", dtype "f32", empty lists, a slot's dtype where it is the
 * module's, and for inference what only training needs: targets, parameters, optimiser state, counters, hash.
 * Throws an InternalError for a signature that the loader would misread.
 */
export function encodeSection(signature: Signature): Uint8Array {
  checkSignature(signature);
  const { format, mode, dtype, batch, loss, sums, seed, step, weights, hash } = signature;
  const training = mode === "train" ? { loss, sums, seed, step, weights, hash } : {};
  const lists = SLOT_LISTS.filter((list) => mode === "train" || list === "inputs" || list === "outputs")
    .filter((list) => signature[list].length > 0)
    .map((list) => [list, signature[list].map((slot) => compactSlot(slot, dtype))]);
  const compact = {
    format,
    mode: mode === "infer" ? undefined : mode,
    dtype: dtype === "f32" ? undefined : dtype,
    batch,
    ...Object.fromEntries(lists),
    ...training,
  };
  return new TextEncoder().encode(JSON.stringify(compact));
}

const compactSlot = ({ name, offset, dims, dtype, classes, labels, columns, scores }: Slot, common: string) => ({
  name,
  offset,
  dims,
  dtype: dtype === common ? undefined : dtype,
  classes,
  labels,
  columns,
  scores,
});

/** The module with the section at its end, where any number of custom sections may stand. */
export function appendSection(wasm: Uint8Array, contents: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(SECTION_NAME);
  const size = leb128(leb128(name.length).length + name.length + contents.length);
  return Uint8Array.from([...wasm, 0, ...size, ...leb128(name.length), ...name, ...contents]);
}

/** Unsigned LEB128, as WebAssembly writes its sizes. */
function leb128(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
