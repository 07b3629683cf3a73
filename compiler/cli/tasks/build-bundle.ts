/**
 * Builds the files that ship: the module, its loader with types, its manifest, and what they weigh.
 *
 *   const { files, sizes } = await buildBundle(model, { name: "digits", weights: "digits.safetensors" });
 *   [...files.keys()]      // digits.infer.wasm, digits.js, digits.d.ts, digits.json
 */
import { gzipSync } from "node:zlib";
import { encodeSection } from "../../bindings/section.ts";
import { checkBudget } from "../../budget.ts";
import { type Built, type CompileOptions, compile } from "../../compile.ts";
import { CheckpointError } from "../../data/checkpointError.ts";
import { CompileError, type Diagnostic } from "../../diagnostics.ts";
import type { Model } from "../../dsl/model.ts";
import { openTraining, shippedWeights, type TrainingCheckpoint } from "./checkpoint.ts";
import { nameClasses } from "./class-names.ts";
import { fingerprint } from "./fingerprint.ts";
import { type Part, type Target, targets } from "./targets.ts";

export interface BundleOptions extends Omit<CompileOptions, "weights"> {
  readonly name: string;
  /** wasm unless said. */
  readonly target?: Target;
  /** A safetensors file, from `nabla train` or another program; without it, inference has the initial values. */
  readonly weights?: string | undefined;
}

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
  const { name, mode = "infer", target = "wasm" } = options;
  const checkpoint = options.weights === undefined ? undefined : openTraining(options.weights);
  const compiled = await compileWith(model, { ...options, mode, weights: undefined }, checkpoint);
  const wasmFile = `${name}.${mode}.wasm`;
  const built = await nameClasses(compiled, checkpoint?.record?.classNames ?? {}, wasmFile);
  // Names of classes are bytes, too.
  checkBudget(model, built.manifest, encodeSection(built.manifest).length);
  // Both modes may lie in one folder; the one that ships has the short names.
  const base = mode === "infer" ? name : `${name}.${mode}`;
  const { files, parts } = targets[target](built, base, wasmFile);
  files.set(`${base}.json`, `${JSON.stringify(built.manifest, null, 2)}\n`);
  return { built, files, sizes: { weights: built.manifest.bytes.weights, parts: parts.map(sizeOf) } };
}

async function compileWith(
  model: Model,
  options: CompileOptions,
  checkpoint: TrainingCheckpoint | undefined,
): Promise<Built> {
  if (!checkpoint) return compile(model, options);
  const { file, record } = checkpoint;
  const weights = shippedWeights(checkpoint);
  try {
    const built = await compile(model, { ...options, weights });
    if (record && record.inference !== fingerprint(built.program.infer)) throw otherModel(file);
    return built;
  } catch (error) {
    throw error instanceof CompileError ? (refusedWeights(file, error.diagnostics) ?? error) : error;
  }
}

const otherModel = (file: string) =>
  new CheckpointError({
    code: "checkpoint/other-model",
    file,
    reason: "its weights were trained for another forward function",
    hint: "The model file has changed since: train it again.",
  });

/** What is wrong with the weights is said of their file. */
function refusedWeights(file: string, diagnostics: readonly Diagnostic[]): CheckpointError | undefined {
  const [first] = diagnostics;
  if (!first?.code.startsWith("weights/")) return undefined;
  const [, fault] = first.code.split("/");
  const reason = [first.message, ...first.notes.map((note) => `  ${note}`)].join("\n  ");
  return new CheckpointError({ code: `checkpoint/${fault}-weights`, file, reason, hint: first.hint });
}

const sizeOf = ([name, contents]: Part): PartSize => ({
  name,
  bytes: Buffer.byteLength(contents),
  gzip: gzipSync(contents, { level: 9 }).length,
});
