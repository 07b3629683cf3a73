/**
 * The public entry: a model, or the path of a model file, becomes a module with its bindings.
 *
 *   const built = await compile(model, { mode: "infer", weights });
 *   built.wasm, built.manifest, built.dts, built.js
 */
import { describeModule } from "./bindings/describe.ts";
import type { Manifest } from "./bindings/manifest.ts";
import { encodeSection } from "./bindings/section.ts";
import { writeBindings } from "./bindings/write.ts";
import { checkBudget } from "./budget.ts";
import { type CompileOptions, checkCompile, type PreparedModule, type Weights } from "./compile-options.ts";
import {
  beyondHalf,
  halfNeedsInference,
  missingWeights,
  shiftBeyond,
  weightBeyond,
  weightShape,
} from "./diagnostics.ts";
import type { Measurement } from "./dsl/build.ts";
import type { Model } from "./dsl/model.ts";
import { freeze, type StateValues } from "./freeze/freeze.ts";
import type { Mode, ModuleDeclaration } from "./graph/function.ts";
import { leafName } from "./graph/graph.ts";
import type { Node } from "./graph/node.ts";
import { elementCount, type FloatType } from "./graph/types.ts";
import { type TileTable, unusedTiles } from "./loop/tile-table.ts";
import { layOutModule, type ModuleFunction, type ModuleParts, planModule, startsStates, statesOf } from "./module.ts";
import { compileFunction, type FunctionOptions, relaxFunction } from "./pipeline.ts";
import { buildProgram, type Program } from "./program/program.ts";
import { flushedValues } from "./program/subnormals.ts";
import { type StageRecord, StageRunner, Stopped } from "./stages.ts";
import { emitModule } from "./wasm/emit.ts";
import { largestHalf } from "./wasm/half.ts";
import type { ModulePlan } from "./wasm/plan.ts";

export interface Built {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** With relaxed SIMD: where asked for, and some product has a tile that gains by it. The same layout, and so the same states. */
  readonly relaxedWasm?: Uint8Array<ArrayBuffer>;
  readonly manifest: Manifest;
  /** The source of an ES module that loads `${name}.${mode}.wasm` beside it, with the loader inside. */
  readonly js: string;
  /** Its types: the model's own inputs, outputs and parameters. */
  readonly dts: string;
  /** The text form of the module. */
  wat(): Promise<string>;
  readonly program: Program;
  /** The functions of the module, all but emitted, and the plan that was: for tools. */
  readonly functions: readonly ModuleFunction[];
  readonly plan: ModulePlan;
  /** Signatures in `tiles` that no kernel has, or whose tile would change its bits: they were ignored. */
  readonly staleTiles: readonly string[];
  /** What each stage made and how long it took. */
  readonly stages: readonly StageRecord[];
}

/** Compiles a model. Throws a CompileError with everything that is wrong in the model file. */
export async function compile(model: Model, options: CompileOptions = {}): Promise<Built> {
  checkCompile(model, options);
  const runner = new StageRunner(options);
  const tiles = await settledTiles(model, options);
  const { program, ...parts } = await prepareModule(model, { ...options, tiles }, runner);
  const { mode, functions } = parts;
  const facts = describeModule({ ...parts, program });
  const emitStart = performance.now();
  const customSections = [{ name: "nabla", bytes: encodeSection(facts) }];
  const whole = { ...parts, program, customSections };
  const plan = planModule(whole);
  const { wasm, poolBytes, wat } = await emitModule(plan);
  runner.record("module/wasm", emitStart, () => `${wasm.length} bytes`);
  const relaxedWasm = options.relaxedSimd ? await emitRelaxed(whole, { ...options, tiles }, runner) : undefined;
  const modules = { wasm, ...(relaxedWasm && { relaxedWasm }) };
  const constantBytes = facts.memory.constantBytes + poolBytes;
  const manifest = withBytes({ ...facts, memory: { ...facts.memory, constantBytes } }, modules);
  checkBudget(model, manifest, customSections[0]!.bytes.length);
  const relaxed = relaxedWasm !== undefined;
  const { js, dts } = await writeBindings(manifest, `${options.name ?? "model"}.${mode}.wasm`, { relaxed });
  const staleTiles = tiles ? unusedTiles(tiles, functions) : [];
  return { ...modules, manifest, js, dts, wat, program, functions, plan, staleTiles, stages: runner.records };
}

async function settledTiles(model: Model, options: CompileOptions): Promise<TileTable | undefined> {
  if (typeof options.tiles !== "function") return options.tiles;
  return options.tiles(await prepareModule(model, { ...options, tiles: undefined }, new StageRunner()));
}

/** `CompileOptions` with its tiles known. */
type SettledOptions = CompileOptions & { readonly tiles?: TileTable | undefined };

/** Everything that decides what is emitted. Throws as `compile` does. */
export async function prepareModule(
  model: Model,
  options: SettledOptions,
  runner: StageRunner,
): Promise<PreparedModule> {
  const { mode = "train", dtype = "f32", batch, half = false } = options;
  const program = buildProgram(model, { dtype, ...(batch === undefined ? {} : { batch }) }, runner);
  const seed = options.seed ?? program.seed;
  const given = options.weights && checkedWeights(program, mode, options.weights);
  const { declared, weights: exact } =
    mode === "infer"
      ? frozenModule(program.modules.infer, given ?? (await initialWeights(program, options, seed)))
      : { declared: program.modules[mode], weights: given ?? new Map() };
  if (half) checkHalf(mode, dtype, exact);
  const weights = new Map([...exact].map(([leaf, values]) => [leaf, flushedValues(values, dtype)]));
  const functions = compileFunctions(declared, program, options, runner, knownWeights(mode, weights));
  const layout = layOutModule(declared, program.batch, functions);
  return { program, mode, declared, batch: program.batch, functions, layout, weights, seed, half };
}

/** Those whose layout is free, as nobody changes or reads them. */
const knownWeights = (mode: Mode, weights: StateValues): ReadonlySet<Node> | undefined =>
  mode === "infer" ? new Set(weights.keys()) : undefined;

/** What a build's modules weigh, in its manifest. */
export const withBytes = (
  manifest: Manifest,
  { wasm, relaxedWasm }: Pick<Built, "wasm" | "relaxedWasm">,
): Manifest => ({
  ...manifest,
  bytes: { ...manifest.bytes, wasm: wasm.length, ...(relaxedWasm && { relaxedWasm: relaxedWasm.length }) },
});

/** The module with fused multiply-adds, or undefined where no tile has any. Initial values keep their bits. */
async function emitRelaxed(
  parts: PreparedModule & ModuleParts,
  options: SettledOptions,
  runner: StageRunner,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { declared, batch, program, mode, weights } = parts;
  const settings = { ...settingsOf(options, program), weights: knownWeights(mode, weights) };
  const functions = parts.functions.map((fn) => (startsStates(fn) ? fn : relaxFunction(fn, settings, runner)));
  if (!functions.some(({ tiles: own }) => own.some(({ tile }) => tile.madd))) return undefined;
  const start = performance.now();
  const layout = layOutModule(declared, batch, functions);
  const { wasm } = await emitModule({ ...planModule({ ...parts, functions, layout }), relaxed: true });
  runner.record("module/relaxed-wasm", start, () => `${wasm.length} bytes`);
  return wasm;
}

/** The module with its weights settled: what they alone decide is computed here, not in each call. */
function frozenModule(declared: ModuleDeclaration, values: StateValues) {
  const frozen = declared.functions.map((fn) => ({ ...fn, ...freeze(fn.graph, values) }));
  return {
    declared: { ...declared, functions: frozen },
    weights: new Map(frozen.flatMap(({ weights }) => [...weights])),
  };
}

function checkHalf(mode: Mode, dtype: FloatType, weights: StateValues): void {
  if (mode !== "infer" || dtype !== "f32") throw halfNeedsInference(mode, dtype);
  for (const [leaf, values] of weights)
    for (let i = 0; i < values.length; i++)
      if (!(Math.abs(values[i]!) <= largestHalf)) throw beyondHalf(leafName(leaf), i, values[i]!, largestHalf);
}

const settingsOf = (options: SettledOptions, { batch, dtype }: Program): FunctionOptions => {
  const { simplify: simplifies = true, fuse = true, realAlgebra = false, tiles } = options;
  return { batch, dtype, simplify: simplifies, fuse, realAlgebra, tiles };
};

/** Each function to its loops. With `stopAfter`, all of them reach that stage before it is thrown. */
function compileFunctions(
  declared: ModuleDeclaration,
  program: Program,
  options: SettledOptions,
  runner: StageRunner,
  weights?: ReadonlySet<Node>,
): ModuleFunction[] {
  const settings = { ...settingsOf(options, program), weights };
  let stopped: Stopped | undefined;
  const functions: ModuleFunction[] = [];
  for (const { graph, convention } of declared.functions) {
    try {
      functions.push({ ...compileFunction(graph, settings, runner), convention });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error;
    }
  }
  if (stopped) throw stopped;
  return functions;
}

/** The weights are given by name, as in their file; from here on they belong to their leaf. */
function checkedWeights(program: Program, mode: Mode, given: Weights): StateValues {
  const values = new Map(given instanceof Map ? given : Object.entries(given));
  const result = new Map<Node, ArrayLike<number>>();
  const parameters = new Set(program.states.filter(({ role }) => role === "parameter").map(({ node }) => node));
  for (const leaf of statesOf(program.modules[mode])) {
    const name = leafName(leaf);
    const { dims } = leaf.type;
    const value = values.get(name);
    if (value === undefined) {
      if (parameters.has(leaf)) throw missingWeights(name, dims, [...values.keys()]);
      continue;
    }
    if (value.length !== elementCount(dims, 1)) throw weightShape(name, dims, value.length);
    if (parameters.has(leaf)) checkFinite(name, value, program.dtype);
    result.set(leaf, value);
  }
  if (program.dtype === "f32") for (const measurement of program.measurements) checkDigits(measurement, values);
  return result;
}

/** What standardize measured in f64 may lie so far from 0 that f32 would cut off all that it is to tell apart. */
function checkDigits({ shift, scale }: Measurement, values: ReadonlyMap<string, ArrayLike<number>>): void {
  const [shifts, scales] = [values.get(shift) ?? [], values.get(scale) ?? []];
  for (let i = 0; i < shifts.length; i++) {
    const half = 2 ** -24 * Math.abs(shifts[i]!);
    if (Math.fround(shifts[i]!) !== shifts[i] && half * scales[i]! > 0.01) throw shiftBeyond(shift, i, shifts[i]!);
  }
}

/** As the module will hold them: 1e39 is infinite in f32. */
function checkFinite(name: string, values: ArrayLike<number>, dtype: FloatType): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(dtype === "f32" ? Math.fround(values[i]!) : values[i]!))
      throw weightBeyond(name, i, values[i]!, dtype);
}

/** The values that the module that trains begins with, computed by the code that it runs: the same bits. */
async function initialWeights(program: Program, options: SettledOptions, seed: number): Promise<StateValues> {
  const { train, infer } = program.modules;
  const declared = { ...train, functions: train.functions.filter(startsStates) };
  const functions = compileFunctions(declared, program, { ...options, stopAfter: undefined }, new StageRunner());
  const layout = layOutModule(declared, program.batch, functions);
  const { batch } = program;
  const plan = planModule({ batch, functions, layout, weights: new Map(), seed, customSections: [] });
  const { wasm } = await emitModule(plan);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  for (const { name } of functions) (exports[name] as (seed: number) => void)(seed);
  const memory = (exports.memory as WebAssembly.Memory).buffer;
  return new Map(
    statesOf(infer).map((leaf) => {
      const Values = leaf.type.dtype === "f64" ? Float64Array : Float32Array;
      return [leaf, new Values(memory, layout.leaves.get(leaf)!, elementCount(leaf.type.dims, 1))];
    }),
  );
}
