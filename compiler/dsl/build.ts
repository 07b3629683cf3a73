/**
 * What forward and loss leave behind while they run, beside the nodes they return: parameters in the order of their
 * creation, names taken, which leaf holds labels of how many classes.
 */
import type { Update } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { FloatType } from "../graph/types.ts";
import type { Setting } from "./held.ts";
import { createNames, type Names } from "./names.ts";

export interface Regularizer {
  readonly name: string;
  /** Its numbers, to be checked against the element type of the model. */
  readonly settings?: readonly Setting[];
  /** One number from the parameter. */
  penalty(w: Node): Node;
}

export interface ParameterDeclaration {
  readonly name: string;
  /** The state leaf. */
  readonly node: Node;
  /** The value that training starts from, as an expression over random sources. */
  readonly initial: Node;
  readonly trainable: boolean;
  /** What its learning rate is of the optimiser's. */
  readonly rateFactor: number;
  /** A bias is exempt from the model's regulariser. */
  readonly role: "weight" | "bias";
  /** Its own regulariser, in place of the model's; false for none. */
  readonly regularize: Regularizer | false | undefined;
}

/** What a preparation needs to know of an input: one shift and one scale for each element of an example. */
export interface Measurement {
  readonly kind: "standardize" | "minMax";
  readonly input: string;
  /** States that hold them. */
  readonly shift: string;
  readonly scale: string;
}

/** Scores of classes that exclude each other against labels; scores of labels that do not; numbers against numbers. */
export type JudgedKind = "classes" | "labels" | "values";

export interface Build {
  readonly dtype: FloatType;
  readonly names: Names;
  readonly parameters: ParameterDeclaration[];
  /** The class count of each leaf that holds labels. */
  readonly classes: Map<Node, number>;
  /** The leaves of targets, which look as those of inputs do. */
  readonly targets: Set<Node>;
  /** What to measure on the training rows before the first step. */
  readonly measurements: Measurement[];
  /** Numbers the random sources of forward: each its own stream. */
  readonly draws: { next(): number };
  /** New values of states that a step gives beside the optimiser's: moving averages. */
  readonly updates: Update[];
  /** What losses compared: what metrics can be counted on. */
  readonly judged: { readonly kind: JudgedKind; readonly output: Node; readonly target: Node }[];
}

export const createBuild = (dtype: FloatType): Build => ({
  dtype,
  names: createNames(),
  parameters: [],
  classes: new Map(),
  targets: new Set(),
  measurements: [],
  draws: counter(),
  updates: [],
  judged: [],
});

function counter(): { next(): number } {
  let count = 0;
  return { next: () => count++ };
}

let current: Build | undefined;

export const currentBuild = (): Build | undefined => current;

/** Runs `body`, a part of the model file, for `build`. */
export function duringBuild<T>(build: Build, body: () => T): T {
  const saved = current;
  current = build;
  try {
    return body();
  } finally {
    current = saved;
  }
}
