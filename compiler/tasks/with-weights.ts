/**
 * A model compiled with the weights of a file; what is wrong with them is said of that file.
 *
 *   await compileWith(model, { mode: "infer" }, openTraining("iris.safetensors"))
 */
import { type Built, compile } from "../compile.ts";
import type { CompileOptions } from "../compile-options.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import { CompileError, type Diagnostic } from "../diagnostics.ts";
import type { Model } from "../dsl/model.ts";
import { leafName } from "../graph/graph.ts";
import { bestPrefix, shippedWeights, type TrainingCheckpoint } from "./checkpoint.ts";
import { fingerprint } from "./fingerprint.ts";

/** Rejects with a CompileError for the model, and with a CheckpointError for weights that do not fit it. */
export async function compileWith(
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
    if (record?.best) requireBestOf(built, checkpoint);
    return built;
  } catch (error) {
    throw error instanceof CompileError ? (refusedWeights(file, error.diagnostics) ?? error) : error;
  }
}

/** Without its tensor a parameter of the best epoch would be that of the last. */
function requireBestOf({ program }: Built, { file, tensors }: TrainingCheckpoint): void {
  const parameters = program.states.filter(({ role }) => role === "parameter").map(({ node }) => leafName(node));
  const missing = parameters.find((name) => !tensors.has(bestPrefix + name));
  if (missing === undefined) return;
  const reason = `it has no tensor "${bestPrefix}${missing}"`;
  throw new CheckpointError({ code: "checkpoint/missing-tensor", file, reason });
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
