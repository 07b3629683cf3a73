/**
 * What the options of the public functions must be: a setting that nobody reads, or of another kind, would leave its default in
 * force without a word.
 *
 *   compile(model, { weight })   ->   TypeError: compile: weight: expected one of mode, dtype, ...; did you mean weights?
 */
import {
  anything,
  boolean,
  byName,
  checkOptions,
  either,
  finite,
  fn,
  integer,
  type Kind,
  type Kinds,
  kind,
  listOf,
  numberFrom,
  numbers,
  object,
  oneOf,
  optional,
  show,
  text,
  thing,
} from "../runtime/kinds.ts";
import type { BundleOptions } from "./cli/tasks/build-bundle.ts";
import type { EvaluateOptions } from "./cli/tasks/evaluate-model.ts";
import type { TrainModelOptions } from "./cli/tasks/train-model.ts";
import type { CompileOptions } from "./compile.ts";
import type { ReadRequest } from "./data/types.ts";
import { isModel } from "./dsl/model.ts";

/** By the names of parameters. */
const weights: Kind = (value, path) => byName(numbers)(value instanceof Map ? Object.fromEntries(value) : value, path);

const isTable = kind("a Map", (value) => value instanceof Map);
const texts = either("a text or a list of texts", text, listOf(text));
const columnMap = byName(texts);
const dtype = oneOf("f32", "f64");
const signal = kind("an AbortSignal", (value) => typeof (value as AbortSignal | null)?.aborted === "boolean");
/** The loader looks into the arrays. */
const arrays = object({ inputs: thing, targets: thing });
const source = either("a path, a list of paths, or { inputs, targets }", text, listOf(text), arrays);
const fraction = numberFrom(0, 1);

const compileKinds: Kinds<CompileOptions> = {
  mode: optional(oneOf("train", "infer")),
  dtype: optional(dtype),
  batch: optional(integer(1)),
  weights: optional(weights),
  seed: optional(integer()),
  realAlgebra: optional(boolean),
  relaxedSimd: optional(boolean),
  simplify: optional(boolean),
  fuse: optional(boolean),
  half: optional(boolean),
  tiles: optional(either("a Map of tiles, or a function that gives one", isTable, fn)),
  name: optional(text),
  onStage: optional(fn),
  stopAfter: optional(text),
};

const bundleKinds: Kinds<BundleOptions> = {
  ...compileKinds,
  name: text,
  target: optional(oneOf("wasm", "c", "js")),
  weights: optional(text),
};

const trainKinds: Kinds<TrainModelOptions> = {
  model: anything,
  data: source,
  test: optional(source),
  testSplit: optional(fraction),
  validationSplit: optional(fraction),
  map: optional(columnMap),
  seed: optional(integer()),
  batch: optional(integer(1)),
  dtype: optional(dtype),
  epochs: integer(),
  checkpoint: optional(object({ file: text, every: optional(integer(1)) })),
  resume: optional(text),
  stopping: optional(object({ patience: integer(1), minDelta: optional(finite) })),
  tiles: optional(fn),
  signal: optional(signal),
  onStart: optional(fn),
  onStep: optional(fn),
  onEpoch: optional(fn),
};

const evaluateKinds: Kinds<EvaluateOptions> = { weights: text, data: source, map: optional(columnMap) };

const readKinds: Kinds<ReadRequest> = { files: listOf(text), fields: listOf(thing), map: optional(columnMap) };

function checkModel(call: string, model: unknown): void {
  if (!isModel(model)) throw new TypeError(`${call}: expected a model, what model({ ... }) gives, got ${show(model)}`);
}

export function checkCompile(model: unknown, options: unknown): void {
  checkModel("compile", model);
  checkOptions<CompileOptions>("compile", options, compileKinds);
}

export function checkBundle(model: unknown, options: unknown): void {
  checkModel("buildBundle", model);
  checkOptions<BundleOptions>("buildBundle", options, bundleKinds);
}

export function checkTrainModel(options: unknown): void {
  checkOptions<TrainModelOptions>("trainModel", options, trainKinds);
  checkModel("trainModel", (options as TrainModelOptions).model);
}

export function checkEvaluateModel(model: unknown, options: unknown): void {
  checkModel("evaluateModel", model);
  checkOptions<EvaluateOptions>("evaluateModel", options, evaluateKinds);
}

export const checkRead = (request: unknown): void => checkOptions<ReadRequest>("readDataset", request, readKinds);
