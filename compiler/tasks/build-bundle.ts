/**
 * Builds the files that ship: the module, its loader with types, its manifest, and what they weigh.
 *
 *   const { files, sizes } = await buildBundle(model, { name: "digits", weights: "digits.safetensors" });
 *   [...files.keys()]      // digits.infer.wasm, digits.js, digits.d.ts, digits.json
 */
import { gzipSync } from "node:zlib";
import { checkOptions, type Kinds, oneOf, optional, text } from "../../runtime/kinds.ts";
import { encodeSection } from "../bindings/section.ts";
import { checkBudget } from "../budget.ts";
import type { Built } from "../compile.ts";
import { type CompileOptions, compileKinds } from "../compile-options.ts";
import { type Model, requireModel } from "../dsl/model.ts";
import { fileNameFault } from "../file-name.ts";
import { openTraining } from "./checkpoint.ts";
import { UsageError } from "./errors.ts";
import { nameFields } from "./field-names.ts";
import { type Part, type Target, targets } from "./targets.ts";
import { compileWith } from "./with-weights.ts";

export interface BundleOptions extends Omit<CompileOptions, "weights"> {
  readonly name: string;
  /** wasm unless said. */
  readonly target?: Target;
  /** A safetensors file, from `nabla train` or another program; without it, inference has the initial values. */
  readonly weights?: string | undefined;
}

const bundleKinds: Kinds<BundleOptions> = {
  ...compileKinds,
  name: text,
  target: optional(oneOf("wasm", "c", "js")),
  weights: optional(text),
};

export interface Bundle {
  readonly built: Built;
  /** Name -> contents. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly sizes: BundleSizes;
}

/** Bytes. */
export interface BundleSizes {
  /** Of the weights inside. */
  readonly weights: number;
  /** Of what ships: module and loader, C source, or JavaScript. */
  readonly parts: readonly PartSize[];
}

export interface PartSize {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
}

/** Rejects with a CompileError, or with a CheckpointError for weights that are damaged or of another model. */
export async function buildBundle(model: Model, options: BundleOptions): Promise<Bundle> {
  requireModel("buildBundle", model);
  checkOptions<BundleOptions>("buildBundle", options, bundleKinds);
  const { name, mode = "infer", target = "wasm", weights, ...rest } = options;
  const fault = fileNameFault(name);
  if (fault !== undefined)
    throw new UsageError(`files called ${JSON.stringify(name)}: expected ${fault}; --name gives another`);
  const checkpoint = weights === undefined ? undefined : openTraining(weights);
  const compiled = await compileWith(model, { ...rest, name, mode }, checkpoint);
  const wasmFile = `${name}.${mode}.wasm`;
  const built = await nameFields(compiled, checkpoint?.record ?? {}, wasmFile);
  // Names are bytes, too.
  checkBudget(model, built.manifest, encodeSection(built.manifest).length);
  // Both modes may lie in one folder; the one that ships has the short names.
  const base = mode === "infer" ? name : `${name}.${mode}`;
  const { files, parts } = targets[target](built, base, wasmFile);
  files.set(`${base}.json`, `${JSON.stringify(built.manifest, null, 2)}\n`);
  return { built, files, sizes: { weights: built.manifest.bytes.weights, parts: parts.map(sizeOf) } };
}

const sizeOf = ([name, contents]: Part): PartSize => ({
  name,
  bytes: Buffer.byteLength(contents),
  gzip: gzipSync(contents, { level: 9 }).length,
});
