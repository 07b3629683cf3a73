/** The package's "nabla/compiler": what the command line uses, and anyone. Runs in Node; nothing of it is shipped. */

export type { Manifest } from "./bindings/manifest.ts";
export { type Bundle, type BundleOptions, buildBundle } from "./cli/tasks/build-bundle.ts";
export { type EvaluatedModel, type EvaluateOptions, evaluateModel } from "./cli/tasks/evaluate-model.ts";
export { type Judgement, judge } from "./cli/tasks/judge.ts";
export { type ModelFile, readModelFile } from "./cli/tasks/model-file.ts";
export { type TrainedModel, type TrainModelOptions, trainModel } from "./cli/tasks/train-model.ts";
export { type Built, type CompileOptions, compile, type Weights } from "./compile.ts";
export { readCheckpoint, writeCheckpoint } from "./data/checkpoint.ts";
export { CheckpointError } from "./data/checkpointError.ts";
export { DataError } from "./data/errors.ts";
export { readDataset } from "./data/read.ts";
export { splitRows } from "./data/split.ts";
export { CompileError, type Diagnostic } from "./diagnostics.ts";
export { formatDiagnostics } from "./dsl/read/code-frame.ts";
export { Stopped } from "./trace.ts";
