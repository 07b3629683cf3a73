/**
 * A module that somebody else may have written or changed: all that its section says is checked before it is believed. The
 * loader, which has two kilobytes, checks only what keeps it inside the memory.
 *
 *   readModule(await WebAssembly.compile(bytes))   ->   { signature } or { fault: "inputs[0].dims[0]: expected an integer ..." }
 */
import { boolean, integer, kind, listOf, object, oneOf, optional, text } from "../../runtime/kinds.ts";
import { decodeSection, elementCount, type Signature, SLOT_LISTS, type Slot } from "../../runtime/section.ts";
import { expandNames } from "../data/columnMap.ts";
import { readRecord } from "../data/record.ts";

const name = kind("a name", (value) => typeof value === "string" && value !== "" && value !== "__proto__");
const texts = listOf(text);

const slot = object({
  name,
  offset: integer(),
  dims: listOf(integer(1)),
  dtype: optional(oneOf("f32", "f64", "i32")),
  classes: optional(integer(1)),
  labels: optional(texts),
  columns: optional(texts),
  scores: optional(text),
});
const slots = listOf(slot);

const section = object({
  format: oneOf(1),
  mode: optional(oneOf("train", "infer")),
  dtype: optional(oneOf("f32", "f64")),
  batch: integer(1),
  inputs: slots,
  targets: optional(slots),
  outputs: slots,
  parameters: optional(slots),
  optimizer: optional(slots),
  loss: optional(integer()),
  sums: optional(integer(1)),
  seed: optional(integer()),
  step: optional(integer()),
  weights: optional(boolean),
  hash: optional(text),
});

export type ReadModule =
  | { readonly signature: Signature; readonly fault?: undefined }
  | { readonly signature?: undefined; readonly fault: string };

/** What a module that `nabla build` wrote says of itself, or why it is none. */
export function readModule(module: WebAssembly.Module): ReadModule {
  const [bytes, ...others] = WebAssembly.Module.customSections(module, "nabla");
  if (!bytes || others.length > 0) return { fault: `${others.length + (bytes ? 1 : 0)} sections called nabla` };
  const { record, fault } = readRecord<object>(new TextDecoder().decode(bytes), section);
  if (!record) return { fault };
  const signature = decodeSection(bytes);
  const wrong = contradiction(signature) ?? missingExport(module, signature);
  return wrong === undefined ? { signature } : { fault: wrong };
}

/** What a section of the right form says that cannot be. */
function contradiction(signature: Signature): string | undefined {
  const { inputs, outputs } = signature;
  if (inputs.length === 0 || outputs.length === 0) return "no input or no output";
  for (const list of SLOT_LISTS) {
    const names = new Set(signature[list].map((one) => one.name));
    if (names.size !== signature[list].length) return `${list}: a name that occurs twice`;
  }
  const unscored = outputs.find(({ dims, classes }) => classes !== undefined && elementCount(dims) !== classes);
  if (unscored) return `${unscored.name}: expected ${unscored.classes} scores, got [${unscored.dims.join(", ")}]`;
  return [...inputs, ...signature.targets, ...outputs].map(slotFault).find(Boolean) ?? misplaced(signature);
}

function slotFault({ name: own, dims, dtype, classes, labels, columns }: Slot): string | undefined {
  if (dtype === "i32" && classes === undefined) return `${own}: labels without a number of classes`;
  if (labels && (classes === undefined || labels.length > classes || new Set(labels).size !== labels.length))
    return `${own}: labels that are not those of ${classes ?? 0} classes`;
  if (columns && columns.length !== elementCount(dims) && expandNames(columns).length !== elementCount(dims))
    return `${own}: columns that are not as many as its numbers`;
  return undefined;
}

const bytesOf = { f32: 4, f64: 8, i32: 4 };

/** Inputs and outputs of an inference module lie one after another, each 16-aligned, with room for a whole batch. */
function misplaced({ mode, batch, inputs, outputs }: Signature): string | undefined {
  if (mode === "train") return undefined;
  let next = inputs[0]!.offset;
  for (const { name: own, offset, dims, dtype } of [...inputs, ...outputs]) {
    if (offset !== next || offset % 16 !== 0) return `${own}: expected the offset ${next - (next % 16)}, got ${offset}`;
    next = Math.ceil((offset + elementCount(dims) * batch * bytesOf[dtype]) / 16) * 16;
  }
  return undefined;
}

function missingExport(module: WebAssembly.Module, { mode }: Signature): string | undefined {
  if (WebAssembly.Module.imports(module).length > 0) return "a module that imports";
  const found = new Map(WebAssembly.Module.exports(module).map((one) => [one.name, one.kind]));
  const calls = mode === "train" ? ["init", "step", "evaluate", "infer"] : ["infer"];
  if (found.get("memory") !== "memory") return "a module without a memory";
  const missing = calls.find((call) => found.get(call) !== "function");
  return missing && `a module without ${missing}`;
}
