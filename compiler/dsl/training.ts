/**
 * The training step of a traced model: regularised loss, its gradients, and what the optimiser makes of them.
 *
 *   adam, hidden.weight      states adam.m.hidden.weight, adam.v.hidden.weight; adam.c1 and adam.c2 for all
 */
import { gradients } from "../adjoint/build.ts";
import type { Update } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { specialize } from "../graph/specialize.ts";
import { add, state } from "../ops/index.ts";
import { simplifyAdjoint } from "../simplify/index.ts";
import type { Build, ParameterDeclaration } from "./build.ts";
import { filled } from "./initializers.ts";
import type { Optimizer } from "./optimizers.ts";
import type { Regularizer } from "./regularizers.ts";

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

export interface Training {
  /** With regularisation. */
  readonly loss: Node;
  readonly gradients: ReadonlyMap<string, Node>;
  /** Those of the optimiser. */
  readonly states: readonly StateDeclaration[];
  readonly updates: readonly Update[];
}

/** Builds the step. Every trainable parameter reaches `dataLoss`. */
export function buildTraining(
  build: Build,
  dataLoss: Node,
  optimizer: Optimizer,
  regularize: Regularizer | undefined,
): Training {
  const trained = build.parameters.filter(({ trainable }) => trainable);
  const penalized = trained.reduce((total, parameter) => addPenalty(total, parameter, regularize), dataLoss);
  const statistics = build.updates.map(({ value }) => value);
  // Together, so that what the loss and the moving averages share stays one node.
  const [loss, ...moments] = specialize([penalized, ...statistics], "train") as [Node, ...Node[]];
  const cotangents = gradients(
    loss,
    trained.map(({ node }) => node),
  );
  const slopes = simplifyAdjoint(cotangents, [loss]);
  const shared = sharedStates(build, optimizer);
  const moved = trained.map((parameter, position) =>
    moveParameter(build, optimizer, parameter, slopes[position]!, shared.values),
  );
  return {
    loss,
    gradients: new Map(trained.map(({ name }, position) => [name, slopes[position]!])),
    states: [...shared.states, ...moved.flatMap(({ states }) => states)],
    updates: [
      ...moved.flatMap(({ updates }) => updates),
      ...shared.updates,
      ...build.updates.map(({ state }, i) => ({ state, value: moments[i]! })),
    ],
  };
}

function addPenalty(
  loss: Node,
  { node, role, regularize }: ParameterDeclaration,
  shared: Regularizer | undefined,
): Node {
  const own = regularize ?? (role === "weight" ? shared : undefined);
  return own ? add(loss, own.penalty(node)) : loss;
}

/** Numbers of the optimiser that all parameters read, already at their new values. */
function sharedStates(build: Build, optimizer: Optimizer) {
  const states: StateDeclaration[] = [];
  const updates: Update[] = [];
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
  { name, node }: ParameterDeclaration,
  gradient: Node,
  shared: Readonly<Record<string, Node>>,
) {
  const slots = Object.entries(optimizer.slots).map(([slot, initial]) => ({
    slot,
    declared: declareState(build, `${optimizer.name}.${slot}.${name}`, node.type.dims as readonly number[], initial),
  }));
  const old = Object.fromEntries(slots.map(({ slot, declared }) => [slot, declared.node]));
  const next = optimizer.update({ ...shared, ...old, w: node, g: gradient });
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
