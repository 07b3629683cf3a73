/** What `compile` can be asked for, and what each option must be. */
import {
  boolean,
  byName,
  checkOptions,
  either,
  fn,
  integer,
  type Kind,
  type Kinds,
  kind,
  numbers,
  oneOf,
  optional,
  text,
} from "../runtime/kinds.ts";
import { type Model, requireModel } from "./dsl/model.ts";
import type { Mode, ModuleDeclaration } from "./graph/function.ts";
import type { FloatType } from "./graph/types.ts";
import type { TileTable } from "./loop/tile-table.ts";
import type { ModuleParts } from "./module.ts";
import { dtype } from "./option-kinds.ts";
import type { Program } from "./program/program.ts";
import type { StageOptions } from "./stages.ts";

export interface CompileOptions {
  /** train unless said. */
  readonly mode?: Mode;
  /** f32 unless said. */
  readonly dtype?: FloatType;
  /** The most rows of a call; the model's unless said. */
  readonly batch?: number;
  /** Values of parameters by name. Inference without them uses the initial values of `seed`. */
  readonly weights?: Weights;
  /** What initial values are drawn from; the model's unless said. */
  readonly seed?: number;
  /** Rewrites of real algebra that may change rounding; off unless said. */
  readonly realAlgebra?: boolean;
  /**
   * A second module with fused multiply-adds (relaxed SIMD), which `js` takes where the engine knows them. Its results may
   * differ by rounding, from engine to engine too; off unless said.
   */
  readonly relaxedSimd?: boolean;
  /** For comparing results: false leaves the graph as it was built, or every op in a loop nest of its own. */
  readonly simplify?: boolean;
  readonly fuse?: boolean;
  /**
   * Weights travel in half precision, half the bytes, and are widened once when the module is instantiated. For inference in
   * f32; refused for weights beyond 65504.
   */
  readonly half?: boolean;
  /**
   * Tiles for kernels by signature, such as `nabla build --tune` found, or what finds them; no entry changes a bit of what is
   * computed.
   */
  readonly tiles?: TileTable | ((module: PreparedModule) => Promise<TileTable>) | undefined;
  /** What files are called: digits.infer.wasm for "digits"; "model" unless said. */
  readonly name?: string;
  /** Called with each stage when it is done, for dumps and times. */
  readonly onStage?: StageOptions["onStage"];
  /** The name of a stage, such as "fuse", after which compile throws Stopped. */
  readonly stopAfter?: string;
}

export type Weights = ReadonlyMap<string, ArrayLike<number>> | Readonly<Record<string, ArrayLike<number>>>;

/** A module, all but described and emitted. */
export interface PreparedModule extends Omit<ModuleParts, "customSections"> {
  readonly program: Program;
  readonly mode: Mode;
  /** As it is compiled: for inference with its weights settled. */
  readonly declared: ModuleDeclaration;
  readonly half: boolean;
}

/** By the names of parameters. */
const weights: Kind = (value, path) => byName(numbers)(value instanceof Map ? Object.fromEntries(value) : value, path);

const isTable = kind("a Map", (value) => value instanceof Map);

export const compileKinds: Kinds<CompileOptions> = {
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

export function checkCompile(model: Model, options: CompileOptions): void {
  requireModel("compile", model);
  checkOptions<CompileOptions>("compile", options, compileKinds);
}
