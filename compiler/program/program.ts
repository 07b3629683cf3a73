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
import type { Build, JudgedKind, Measurement } from "../dsl/build.ts";
import type { Model } from "../dsl/model.ts";
import { callOf, requirePositiveInteger } from "../dsl/settings.ts";
import { exampleDims } from "../dsl/tensor.ts";
import type { FunctionDeclaration, LabelRange, Mode, ModuleDeclaration } from "../graph/function.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { printGraph } from "../graph/print.ts";
import type { FloatType } from "../graph/types.ts";
import { verifyGraph } from "../graph/verify.ts";
import { specialize } from "../simplify/specialize.ts";
import { type StageList, StageRunner } from "../stages.ts";
import { type Accumulated, accumulated } from "./accumulate.ts";
import type { Field } from "./fields.ts";
import { type Trace, trace } from "./trace.ts";
import {
  rawSlopes,
  type StateDeclaration,
  simpleSlopes,
  type TrainingLoss,
  trainedOf,
  trainingLoss,
  type Update,
  updateOf,
} from "./training.ts";

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

interface Settings {
  readonly model: Model;
  readonly options: ProgramOptions;
}

/** What each stage makes, by its name. */
interface Made {
  readonly read: Trace;
  readonly loss: TrainingLoss;
  readonly adjoint: readonly Node[];
  readonly "simplify-adjoint": readonly Node[];
  readonly update: Update;
  readonly functions: Program;
}

const slopesGraph = ({ read, loss }: Made, slopes: readonly Node[]): Graph => ({
  ...stepGraph(read, loss.loss, []),
  outputs: trainedOf(read.build).map(({ name }, i) => ({ name: `d ${name}`, node: slopes[i]! })),
});

export const programStages: StageList<Made, Settings> = [
  {
    name: "read",
    why: "Runs forward and loss of the model once; every error of a model file is found here or in update.",
    run: (_, { model, options }) => trace(model, options.dtype ?? "f32"),
    print: (read) => printGraph({ ...stepGraph(read, read.loss, []), name: "model" }),
  },
  {
    name: "loss",
    why: "Adds penalties and picks the training side of what differs, before anything is differentiated.",
    run: ({ read }, { model: { spec } }) => trainingLoss(read.build, read.loss, spec.regularize),
    print: ({ loss }, { read }) => printGraph(stepGraph(read, loss, [])),
    verify: ({ loss }, { read }) => verifyGraph(stepGraph(read, loss, [])),
  },
  {
    name: "adjoint",
    why: "Reverse mode over the graph, op by op.",
    run: ({ read, loss }) => rawSlopes(read.build, loss.loss),
    print: (slopes, made) => printGraph(slopesGraph(made, slopes)),
    verify: (slopes, made) => verifyGraph(slopesGraph(made, slopes)),
  },
  {
    name: "simplify-adjoint",
    why: "By real algebra, as nobody has specified how the adjoint rounds; before the optimiser, whose formula has a rounding.",
    run: ({ adjoint, loss }) => simpleSlopes(adjoint, loss.loss),
    print: (slopes, made) => printGraph(slopesGraph(made, slopes)),
    verify: (slopes, made) => verifyGraph(slopesGraph(made, slopes)),
  },
  {
    name: "update",
    why: "What the optimiser makes of the gradients, as more of the step's graph.",
    run: ({ read, loss, "simplify-adjoint": slopes }, { model }) =>
      updateOf(read.build, model.spec.optimizer, slopes, loss.moments),
    print: ({ updates, states }, { read, loss }) => printGraph(stepGraph(read, loss.loss, states, updates)),
    verify: ({ updates, states }, { read, loss }) => verifyGraph(stepGraph(read, loss.loss, states, updates)),
  },
  {
    name: "functions",
    why: "Gathers what a module exports; from here on each function goes its own way.",
    run: (made, { model, options }) => assemble(model, options, made),
    print: ({ modules: { train } }) => train.functions.map(({ graph }) => printGraph(graph)).join("\n\n"),
  },
];

/** Builds the program of a model. Throws one CompileError with all that is wrong in the model file. */
export const buildProgram = (model: Model, options: ProgramOptions = {}, runner = new StageRunner()): Program =>
  collectDiagnostics(() => {
    if (options.batch !== undefined) requirePositiveInteger(callOf("buildProgram"), "batch", options.batch);
    return runner.runAll("module", programStages, {}, { model, options }).functions;
  });

function assemble({ spec }: Model, { batch = spec.batch }: ProgramOptions, made: Made): Program {
  const { read, loss, update, "simplify-adjoint": slopes } = made;
  const { build, inputs, targets, outputs } = read;
  const states = [...parameterStates(build), ...update.states];
  const functions = graphs(read, loss.loss, update, states);
  return {
    dtype: build.dtype,
    batch,
    seed: spec.seed ?? 0,
    inputs: inputs.map(({ field, node }) => ({ ...field, node })),
    targets: targets.map(({ field, node }) => ({ ...field, node })),
    outputs: outputs.map(({ name, node }) => ({ name, dims: exampleDims(node), dtype: "float" })),
    metrics: inferMetrics(read),
    measurements: build.measurements,
    states,
    ...functions,
    modules: modules(read, functions),
    gradients: new Map(trainedOf(build).map(({ name }, position) => [name, slopes[position]!])),
    rate: update.rate,
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

/** Of a step, so far as it is known. */
function stepGraph(
  { inputs, targets, build }: Trace,
  loss: Node,
  optimizer: readonly StateDeclaration[],
  updates: Graph["updates"] = [],
): Graph {
  return {
    name: "step",
    inputs: [...inputs, ...targets].map(({ node }) => node),
    states: [...build.parameters, ...optimizer].map(({ node }) => node),
    outputs: [{ name: "loss", node: loss }],
    updates,
  };
}

function graphs(read: Trace, trainingLoss: Node, update: Update, states: readonly StateDeclaration[]) {
  const { inputs, targets, outputs, loss, build } = read;
  const given = inputs.map(({ node }) => node);
  const known = [...given, ...targets.map(({ node }) => node)];
  const parameters = build.parameters.map(({ node }) => node);
  const all = states.map(({ node }) => node);
  const starts = states.map(({ node, initial }) => ({ state: node, value: initial }));
  const shipped = specialize([...outputs.map(({ node }) => node), loss], "infer");
  const scored = [...outputs, { name: "loss" }].map(({ name }, i) => ({ name, node: shipped[i]! }));
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
    step: stepGraph(read, trainingLoss, update.states, update.updates),
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
