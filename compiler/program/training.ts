/**
 * The parts of a training step of a traced model: regularised loss, its gradients, and what the optimiser makes of them.
 *
 *   adam, hidden.weight      states adam.m.hidden.weight, adam.v.hidden.weight; adam.c1 and adam.c2 for all
 */
import { gradients } from "../adjoint/build.ts";
import type { Build, ParameterDeclaration, Regularizer } from "../dsl/build.ts";
import { clipGradients } from "../dsl/clipping.ts";
import { filled } from "../dsl/initializers/initializer.ts";
import type { Optimizer } from "../dsl/optimizers/optimizer.ts";
import { requireHeld } from "../dsl/settings.ts";
import type { Update as StateUpdate } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { inRegion } from "../graph/region.ts";
import { add, mul, scalar, state, step, sub } from "../ops/index.ts";
import { simplifyAdjoint } from "../simplify/index.ts";
import { specialize } from "../simplify/specialize.ts";
import { flushed } from "./subnormals.ts";

/** A value that lives from call to call. */
export interface StateDeclaration {
  readonly name: string;
  /** The state leaf. */
  readonly node: Node;
  readonly role: "parameter" | "optimizer";
  /** The value that init gives it. */
  readonly initial: Node;
  /** Whether step moves it by a gradient. */
  readonly trainable: boolean;
}

/** What the optimiser makes of the gradients. */
export interface Update {
  /** How far this step goes, a scalar: of the step count and the states of a schedule. */
  readonly rate: Node;
  /** Those of the optimiser. */
  readonly states: readonly StateDeclaration[];
  readonly updates: readonly StateUpdate[];
}

/** What a step differentiates, and what it moves without a gradient. */
export interface TrainingLoss {
  /** With regularisation. */
  readonly loss: Node;
  /** The new values of `build.updates`, in their order. */
  readonly moments: readonly Node[];
}

export const trainedOf = ({ parameters }: Build): ParameterDeclaration[] =>
  parameters.filter(({ trainable }) => trainable);

/** The training side of the loss, and of what moves with it: together, so that what they share stays one node. */
export function trainingLoss(build: Build, dataLoss: Node, regularize: Regularizer | undefined): TrainingLoss {
  const penalized = trainedOf(build).reduce((total, parameter) => addPenalty(total, parameter, regularize), dataLoss);
  const [loss, ...moments] = specialize([penalized, ...build.updates.map(({ value }) => value)], "train");
  return { loss: loss!, moments };
}

/** d loss / d each trainable parameter, in their order, as differentiation gives it. Each of them reaches the loss. */
export const rawSlopes = (build: Build, loss: Node): Node[] =>
  inRegion("adjoint", () =>
    gradients(
      loss,
      trainedOf(build).map(({ node }) => node),
    ),
  ) as Node[];

export const simpleSlopes = (slopes: readonly Node[], loss: Node): Node[] =>
  inRegion("adjoint", () => simplifyAdjoint(slopes, [loss])) as Node[];

export const updateOf = (
  build: Build,
  optimizer: Optimizer,
  slopes: readonly Node[],
  moments: readonly Node[],
): Update =>
  inRegion("update", () => {
    const trained = trainedOf(build);
    const clipped = clipGradients(slopes, optimizer.clip);
    requireProduct(build, optimizer, "rate * weightDecay", optimizer.weightDecay ?? 0);
    const rate = learningRate(build, optimizer);
    const shared = sharedStates(build, optimizer);
    const moved = trained.map((parameter, position) =>
      moveParameter(build, optimizer, parameter, clipped[position]!, rate.value, shared.values),
    );
    const moving = build.updates.map(({ state }, i) => ({ state, value: moments[i]! }));
    return {
      rate: rate.value,
      states: [...rate.states, ...shared.states, ...moved.flatMap(({ states }) => states)],
      updates: [...moved.flatMap(({ updates }) => updates), ...shared.updates, ...moving].map(flushedUpdate),
    };
  });

const flushedUpdate = ({ state, value }: StateUpdate): StateUpdate => ({ state, value: flushed(value) });

function addPenalty(
  loss: Node,
  { node, role, regularize }: ParameterDeclaration,
  shared: Regularizer | undefined,
): Node {
  const own = regularize ?? (role === "weight" ? shared : undefined);
  return own ? add(loss, own.penalty(node)) : loss;
}

/** The rate of this step, and the states of its schedule, which no step moves. */
function learningRate(build: Build, { rate }: Optimizer): { value: Node; states: StateDeclaration[] } {
  if (typeof rate === "number") return { value: scalar(rate, build.dtype), states: [] };
  const states = Object.entries(rate.states).map(
    ([name, start]) => [name, declareState(build, `${rate.name}.${name}`, [], start)] as const,
  );
  const nodes = Object.fromEntries(states.map(([name, { node }]) => [name, node]));
  return { value: rate.at(sub(step(build.dtype), 1), nodes), states: states.map(([, declared]) => declared) };
}

/** The rate times something else must be held, too: that of a schedule at its highest. */
function requireProduct({ dtype }: Build, { name: op, rate, settings }: Optimizer, name: string, factor: number): void {
  if (factor === 0 || factor === 1) return;
  const highest = typeof rate === "number" ? rate : rate.highest;
  requireHeld([{ op, origin: settings?.[0]?.origin, name, value: highest * factor, isShare: false }], dtype);
}

/** Numbers of the optimiser that all parameters read, already at their new values. */
function sharedStates(build: Build, optimizer: Optimizer) {
  const states: StateDeclaration[] = [];
  const updates: StateUpdate[] = [];
  const values: Record<string, Node> = {};
  for (const [name, { initial, next }] of Object.entries(optimizer.shared)) {
    const declared = declareState(build, `${optimizer.name}.${name}`, [], initial);
    const value = next(declared.node);
    states.push(declared);
    updates.push({ state: declared.node, value });
    values[name] = value;
  }
  return { states, updates, values };
}

/** One parameter's slots, and the updates of both. */
function moveParameter(
  build: Build,
  optimizer: Optimizer,
  { name, node, role, rateFactor }: ParameterDeclaration,
  gradient: Node,
  commonRate: Node,
  shared: Readonly<Record<string, Node>>,
) {
  const slots = Object.entries(optimizer.slots).map(([slot, initial]) => ({
    slot,
    declared: declareState(build, `${optimizer.name}.${slot}.${name}`, node.type.dims as readonly number[], initial),
  }));
  const old = Object.fromEntries(slots.map(({ slot, declared }) => [slot, declared.node]));
  requireProduct(build, optimizer, `the rate of ${name}`, rateFactor);
  const rate = rateFactor === 1 ? commonRate : mul(commonRate, rateFactor);
  const weightDecay = role === "weight" ? (optimizer.weightDecay ?? 0) : 0;
  const w = weightDecay === 0 ? node : sub(node, mul(mul(rate, weightDecay), node));
  const next = optimizer.update({ ...shared, ...old, w, g: gradient, rate });
  return {
    states: slots.map(({ declared }) => declared),
    updates: [
      { state: node, value: next.w! },
      ...slots.map(({ slot, declared }) => ({ state: declared.node, value: next[slot]! })),
    ],
  };
}

function declareState(build: Build, wanted: string, dims: readonly number[], start: number): StateDeclaration {
  const name = build.names.claim(wanted);
  const initial = filled(start, dims, build.dtype);
  return { name, node: state(name, { dtype: build.dtype, dims }), role: "optimizer", initial, trainable: false };
}
