/**
 * Compiles a model for inference and for training, times every kernel of both and measures what the engine can do.
 *
 *   inspectionPage(await inspectModel("iris.model.ts", model, { weights: "iris.safetensors", data: ["iris.csv"] }))
 */
import { compile } from "../compile.ts";
import type { ColumnMap } from "../data/types.ts";
import type { Model } from "../dsl/model.ts";
import type { FloatType } from "../graph/types.ts";
import { openTraining, shippedWeights } from "./checkpoint.ts";
import { UserError } from "./errors.ts";
import { gradientsOf } from "./inspect-page/gradients.ts";
import type { InspectedModel } from "./inspect-page/page.ts";
import { measureRoof } from "./inspect-page/roof.ts";
import { timeKernels } from "./inspect-page/time.ts";

export interface InspectOptions {
  readonly batch?: number | undefined;
  readonly dtype?: FloatType | undefined;
  /** A safetensors file. */
  readonly weights?: string | undefined;
  /** Rows for the gradients. */
  readonly data?: readonly string[] | undefined;
  readonly map?: ColumnMap | undefined;
}

/** Rejects with a CompileError, a CheckpointError or a DataError for what is wrong with its files. */
export async function inspectModel(path: string, model: Model, options: InspectOptions): Promise<InspectedModel> {
  const { batch, dtype, data, map } = options;
  if (data && options.weights === undefined) throw new UserError("--data: expected --weights beside it, got none");
  const checkpoint = options.weights === undefined ? undefined : openTraining(options.weights);
  const weights = checkpoint && shippedWeights(checkpoint);
  const settings = { batch, dtype, ...(weights ? { weights } : {}) };
  const train = await compile(model, { ...settings, mode: "train" });
  const infer = await compile(model, { ...settings, mode: "infer" });
  const gradients = checkpoint && data ? await gradientsOf(model, checkpoint, data, map) : undefined;
  const times = { train: await timeKernels(train), infer: await timeKernels(infer) };
  return { path, train, infer, times, roof: await measureRoof(), weights, gradients };
}
