/** The package's "nabla/compiler": what the command line uses, and anyone. Runs in Node; nothing of it is shipped. */

export type { Manifest } from "./bindings/manifest.ts";
export type { Built } from "./compile.ts";
export type { CompileOptions, Weights } from "./compile-options.ts";
export { readCheckpoint, writeCheckpoint } from "./data/checkpoint.ts";
export { CheckpointError } from "./data/checkpointError.ts";
export { DataError } from "./data/errors.ts";
export { readDataset } from "./data/read.ts";
export { splitRows } from "./data/split.ts";
export { CompileError, type Diagnostic } from "./diagnostics.ts";
export { formatDiagnostics } from "./read/code-frame.ts";
export { Stopped } from "./stages.ts";
export type { Bundle, BundleOptions } from "./tasks/build-bundle.ts";
export type { EvaluatedModel, EvaluateOptions } from "./tasks/evaluate-model.ts";
export { type Judgement, judge } from "./tasks/judge.ts";
export { type ModelFile, readModelFile } from "./tasks/model-file.ts";
export type { Target } from "./tasks/targets.ts";
export type { TrainedModel } from "./tasks/train-model.ts";
export type { TrainModelOptions } from "./tasks/train-options.ts";

// Late, since a program in CommonJS can require no module that awaits at its top, as Binaryen does.
export const buildBundle: typeof import("./tasks/build-bundle.ts").buildBundle = async (...args) =>
  (await import("./tasks/build-bundle.ts")).buildBundle(...args);
export const compile: typeof import("./compile.ts").compile = async (...args) =>
  (await import("./compile.ts")).compile(...args);
export const evaluateModel: typeof import("./tasks/evaluate-model.ts").evaluateModel = async (...args) =>
  (await import("./tasks/evaluate-model.ts")).evaluateModel(...args);
export const trainModel: typeof import("./tasks/train-model.ts").trainModel = async (...args) =>
  (await import("./tasks/train-model.ts")).trainModel(...args);
