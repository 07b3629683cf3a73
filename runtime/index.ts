/** What "nabla/runtime" exports: the loader, the training driver, metrics. No dependency; runs wherever WebAssembly does. */

export type { Data, GivenData } from "./batches.ts";
export { type Best, type BestKeeper, keepBest, type StoppingSettings } from "./best.ts";
export type { WorkerPort } from "./channel.ts";
export { type Evaluable, type Evaluation, evaluate } from "./evaluate.ts";
export type { InferenceNet, Outputs } from "./infer.ts";
export type { Net } from "./load.ts";
export { accuracy, argmax, confusion, topK } from "./metrics.ts";
export { load, loadInference } from "./named.ts";
export { permutation } from "./permutation.ts";
export { type PlateauSettings, reduceOnPlateau } from "./plateau.ts";
export type { Asked, Given, Row, Tensor, Values } from "./port.ts";
export { type RegressionScores, regressionScores } from "./regression.ts";
export type { TrainRequest } from "./request-kinds.ts";
export { type ClassScores, labelScores, type Scores, scoresOf } from "./scores.ts";
export type { DType, Signature, Slot } from "./section.ts";
export type { Progress, TrainAnswer } from "./serve.ts";
export type { Bytes, Source, WasmModule } from "./source.ts";
export type { SavedState } from "./state.ts";
export {
  type EpochReport,
  type Position,
  type StepReport,
  type Trainable,
  type TrainOptions,
  type TrainResult,
  train,
} from "./train.ts";
export { type BackgroundTraining, openTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
export type { Evaluated, Training } from "./training.ts";
export { takesRelaxedSimd } from "./variant.ts";
