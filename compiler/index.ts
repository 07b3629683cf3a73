/** The package's "nabla/compiler": what the command line uses, and anyone. Runs in Node; nothing of it is shipped. */

export type { Manifest } from "./bindings/manifest.ts";
export type { Bundle, BundleOptions } from "./cli/tasks/build-bundle.ts";
export type { EvaluatedModel, EvaluateOptions } from "./cli/tasks/evaluate-model.ts";
export { type Judgement, judge } from "./cli/tasks/judge.ts";
export { type ModelFile, readModelFile } from "./cli/tasks/model-file.ts";
export type { Target } from "./cli/tasks/targets.ts";
export type { TrainedModel } from "./cli/tasks/train-model.ts";
export type { TrainModelOptions } from "./cli/tasks/train-options.ts";
export type { Built } from "./compile.ts";
export type { CompileOptions, Weights } from "./compile-options.ts";
export { readCheckpoint, writeCheckpoint } from "./data/checkpoint.ts";
export { CheckpointError } from "./data/checkpointError.ts";
export { DataError } from "./data/errors.ts";
export { readDataset } from "./data/read.ts";
export { splitRows } from "./data/split.ts";
export { CompileError, type Diagnostic } from "./diagnostics.ts";
export { formatDiagnostics } from "./dsl/read/code-frame.ts";
export { Stopped } from "./trace.ts";

// Late, since a program in CommonJS can require no module that awaits at its top, as Binaryen does.
export const buildBundle: typeof import("./cli/tasks/build-bundle.ts").buildBundle = async (...args) =>
  (await import("./cli/tasks/build-bundle.ts")).buildBundle(...args);
export const compile: typeof import("./compile.ts").compile = async (...args) =>
  (await import("./compile.ts")).compile(...args);
export const evaluateModel: typeof import("./cli/tasks/evaluate-model.ts").evaluateModel = async (...args) =>
  (await import("./cli/tasks/evaluate-model.ts")).evaluateModel(...args);
export const trainModel: typeof import("./cli/tasks/train-model.ts").trainModel = async (...args) =>
  (await import("./cli/tasks/train-model.ts")).trainModel(...args);
