/**
 * From a model to the program that the later stages compile: its fields, its states, and the functions of its two modules. Their
 * names are known here, to hosts and to tools that show one of them; the stages between know a list.
 *
 *   init       seed              -> every state
 *   infer      inputs            -> outputs
 *   evaluate   inputs, targets   -> outputs, loss
 *   step       inputs, targets   -> loss with regularisation; updates the states
 */
import { collectDiagnostics } from "../diagnostics.ts";
import type { FunctionDeclaration, LabelRange, Mode, ModuleDeclaration } from "../graph/function.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { specialize } from "../graph/specialize.ts";
import type { FloatType } from "../graph/types.ts";
import { type Accumulated, accumulated } from "./accumulate.ts";
import type { Build, JudgedKind } from "./build.ts";
import type { Field } from "./fields.ts";
import type { Model } from "./model.ts";
import type { Measurement } from "./preparation.ts";
import { callOf, requirePositiveInteger } from "./settings.ts";
import { exampleDims } from "./tensor.ts";
import { type Trace, trace } from "./trace.ts";
import { buildTraining, type StateDeclaration, type Training } from "./training.ts";

export type { Field } from "./fields.ts";
export type { StateDeclaration } from "./training.ts";

export interface ProgramOptions {
  /** f32 unless said; f64 is how gradients are proved. */
  readonly dtype?: FloatType;
  /** The most rows of a call, in place of the model's. */
  readonly batch?: number;
}

/** An output that the loss compared with a target, and so what can be counted beside the loss. */
export interface Metric {
  readonly kind: JudgedKind;
  readonly output: string;
  readonly target: string;
}

export interface FieldOfProgram extends Field {
  /** Its leaf in the graphs. */
  readonly node: Node;
}

export interface Program {
  readonly dtype: FloatType;
  /** The most rows that a call takes. */
  readonly batch: number;
  /** What init draws from where the caller gives no seed. */
  readonly seed: number;
  readonly inputs: readonly FieldOfProgram[];
  readonly targets: readonly FieldOfProgram[];
  readonly outputs: readonly Field[];
  readonly metrics: readonly Metric[];
  /** What to measure on the training rows before the first step. */
  readonly measurements: readonly Measurement[];
  /** Parameters in the order of their creation, then the optimiser's. */
  readonly states: readonly StateDeclaration[];
  readonly modules: Readonly<Record<Mode, ModuleDeclaration>>;
  readonly init: Graph;
  readonly infer: Graph;
  readonly evaluate: Graph;
  readonly step: Graph;
  /** Of a loss that is no mean over rows: what `evaluate` has beside the loss, for more rows than a call takes. */
  readonly accumulated?: Accumulated | undefined;
  /** d of the step's loss / d of each trainable parameter, by name. */
  readonly gradients: ReadonlyMap<string, Node>;
  /** The learning rate of a step, a scalar node. */
  readonly rate: Node;
}

/** Builds the program of a model. Throws one CompileError with all that is wrong in the model file. */
export const buildProgram = (model: Model, options: ProgramOptions = {}): Program =>
  collectDiagnostics(() => {
    if (options.batch !== undefined) requirePositiveInteger(callOf("buildProgram"), "batch", options.batch);
    return assemble(model, options, trace(model, options.dtype ?? "f32"));
  });

function assemble({ spec }: Model, { batch = spec.batch }: ProgramOptions, traced: Trace): Program {
  const { build, inputs, targets, outputs, loss } = traced;
  const training = buildTraining(build, loss, spec.optimizer, spec.regularize);
  const states = [...parameterStates(build), ...training.states];
  const functions = graphs(traced, training, states);
  return {
    dtype: build.dtype,
    batch,
    seed: spec.seed ?? 0,
    inputs: inputs.map(({ field, node }) => ({ ...field, node })),
    targets: targets.map(({ field, node }) => ({ ...field, node })),
    outputs: outputs.map(({ name, node }) => ({ name, dims: exampleDims(node), dtype: "float" })),
    metrics: inferMetrics(traced),
    measurements: build.measurements,
    states,
    ...functions,
    modules: modules(traced, functions),
    gradients: training.gradients,
    rate: training.rate,
  };
}

const parameterStates = ({ parameters }: Build): StateDeclaration[] =>
  parameters.map(({ name, node, initial, trainable }) => ({ name, node, role: "parameter", initial, trainable }));

/** Statuses from this on name a field of labels: this + its position among the targets and, after them, the inputs. */
const firstLabelStatus = 2;

function modules(
  { inputs, targets }: Trace,
  { init, step, evaluate, infer, accumulated: whole }: ReturnType<typeof graphs>,
): Record<Mode, ModuleDeclaration> {
  const labels = [...targets, ...inputs].flatMap(({ node, field: { classes } }, position): LabelRange[] =>
    classes === undefined ? [] : [{ leaf: node, classes, status: firstLabelStatus + position }],
  );
  const ofRows = (graph: Graph, isStep = false): FunctionDeclaration => ({
    graph,
    convention: { parameter: "rows", labels: labels.filter(({ leaf }) => graph.inputs.includes(leaf)), isStep },
  });
  const start: FunctionDeclaration = { graph: init, convention: { parameter: "seed", labels: [], isStep: false } };
  const inference = ofRows(infer);
  return {
    train: {
      functions: [start, ofRows(step, true), ofRows(evaluate), inference],
      inputs: evaluate.inputs,
      outputs: evaluate.outputs,
      earlier: whole?.earlier ?? [],
    },
    infer: { functions: [inference], inputs: infer.inputs, outputs: infer.outputs, earlier: [] },
  };
}

function graphs(
  { inputs, targets, outputs, loss, build }: Trace,
  training: Training,
  states: readonly StateDeclaration[],
) {
  const given = inputs.map(({ node }) => node);
  const known = [...given, ...targets.map(({ node }) => node)];
  const parameters = build.parameters.map(({ node }) => node);
  const all = states.map(({ node }) => node);
  const starts = states.map(({ node, initial }) => ({ state: node, value: initial }));
  const shipped = specialize([...outputs.map(({ node }) => node), loss], "infer");
  const scored = [...outputs, { name: "loss" }].map(({ name }, i) => ({ name, node: shipped[i]! }));
  const trained = [{ name: "loss", node: training.loss }];
  const inferred = scored.slice(0, -1);
  const whole = accumulated(build, shipped.at(-1)!);
  const evaluated = whole ? [...inferred, { name: "loss", node: whole.loss }, ...whole.sums] : scored;
  return {
    init: { name: "init", inputs: [], states: all, outputs: [], updates: starts },
    infer: { name: "infer", inputs: given, states: parameters, outputs: inferred, updates: [] },
    evaluate: {
      name: "evaluate",
      inputs: known,
      states: [...parameters, ...(whole?.earlier ?? [])],
      outputs: evaluated,
      updates: [],
    },
    step: { name: "step", inputs: known, states: all, outputs: trained, updates: training.updates },
    ...(whole ? { accumulated: whole } : {}),
  };
}

/** One for each output and target that a loss compared as they are. */
function inferMetrics({ build, outputs, targets }: Trace): Metric[] {
  return build.judged.flatMap((judged) => {
    const output = outputs.find(({ node }) => node === judged.output)?.name;
    const target = targets.find(({ node }) => node === judged.target)?.field.name;
    return output && target ? [{ kind: judged.kind, output, target }] : [];
  });
}
