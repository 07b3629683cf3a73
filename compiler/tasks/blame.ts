/**
 * Which op first gave a value that is not finite, and where it stands in the model file. Training is deterministic, so
 * the fatal step is reached again from the state of the last good epoch; there the graph is walked node by node.
 *
 *   relu(exp(x))  overflowed  ->  "exp gave Infinity (model.ts:9:15)"
 */
import {
  type Data,
  type Net,
  type Position,
  type Trainable,
  type TrainOptions,
  train,
  type Values,
} from "../../runtime/index.ts";
import { isLeaf, leafName, nodesOf } from "../graph/graph.ts";
import { interpret } from "../graph/interpret.ts";
import type { Node } from "../graph/node.ts";
import { printSource } from "../graph/origin.ts";
import { elementCount } from "../graph/types.ts";
import type { Program } from "../program/program.ts";
import { leafValues } from "./leaf-values.ts";
import type { Rows } from "./training-data.ts";

/** A state and the position it belongs to. */
export interface Good {
  readonly state: ReturnType<Net["save"]>;
  readonly position: Position;
}

interface Fatal extends Data {
  readonly rows: number;
}

/** The cause in words, or undefined where float64 and the module do not agree that there is one. */
export async function blame(
  { net, program, train: data }: { net: Net; program: Program; train: Rows },
  good: Good,
  stepsSince: number,
  options: Pick<TrainOptions, "epochs" | "seed" | "batch">,
): Promise<string | undefined> {
  net.restore(good.state);
  const fatal = await replay(net, data, stepsSince, { ...options, start: good.position });
  return fatal && firstFault(net, program, fatal);
}

/** Takes `steps` steps again; gives the rows of the one after, not taken. */
async function replay(net: Net, data: Rows, steps: number, options: TrainOptions): Promise<Fatal | undefined> {
  const stop = new AbortController();
  let fatal: Fatal | undefined;
  let taken = 0;
  const counting: Trainable = {
    manifest: net.manifest,
    memory: net.memory,
    evaluate: net.evaluate,
    step(inputs: Values, targets: Values, n) {
      if (taken++ < steps) return net.step(inputs, targets, n);
      fatal ??= { inputs, targets, rows: n! };
      stop.abort();
      return 0;
    },
  };
  await train(counting, data, { ...options, signal: stop.signal });
  return fatal;
}

function firstFault(net: Net, program: Program, { inputs, targets, rows }: Fatal): string | undefined {
  for (const [name, values] of Object.entries(net.parameters)) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) return `the update before it made ${name} ${bad}`;
  }
  const firstRows = (fields: Program["inputs"], values: Values) =>
    Object.fromEntries(
      fields.map(({ name, dims }) => [name, Array.from(values[name]!).slice(0, elementCount(dims, 1) * rows)]),
    );
  const given = { inputs: firstRows(program.inputs, inputs), targets: firstRows(program.targets, targets) };
  const leaves = leafValues(program, given, { ...net.parameters, ...net.optimizer });
  const state = net.save();
  const round = program.dtype === "f32" ? Math.fround : undefined;
  const loss = { ...program.step, updates: [] };
  const { values } = interpret(loss, { rows, leaves, seed: state.seed, step: state.step + 1, round });
  const fault = nodesOf(loss).find((node) => !isLeaf(node) && values.get(node)!.data.some((v) => !Number.isFinite(v)));
  return fault && describeFault(fault, values.get(fault)!.data);
}

function describeFault(node: Node, data: Float64Array): string {
  const bad = data.find((value) => !Number.isFinite(value));
  const from = [node.origin?.binding, printSource(node.origin)].filter(Boolean);
  const place = from.length > 0 ? ` (${from.join(", ")})` : "";
  const of = node.inputs.filter(isLeaf).map(leafName);
  return `${node.op.name}${of.length > 0 ? ` of ${of.join(", ")}` : ""} gave ${bad}${place}`;
}
