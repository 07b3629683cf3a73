/**
 * A module as a front end declares it: a list of functions, what each computes and how a host calls it. The stages behind know
 * these records and no function by its name.
 */
import type { Graph, Output } from "./graph.ts";
import type { Node } from "./node.ts";

/** What a module is for: one that trains holds all that a program has, one for inference what answers. */
export type Mode = "train" | "infer";

export interface ModuleDeclaration {
  /** In the order in which the module has them. */
  readonly functions: readonly FunctionDeclaration[];
  /** Leaves that the host fills, each in one place for all functions. */
  readonly inputs: readonly Node[];
  /** What the host reads: functions that give an output of one name write it to one place. */
  readonly outputs: readonly Output[];
  /** Behind the outputs, the last of which are sums of the same types: what earlier calls summed up, which the host fills. */
  readonly earlier: readonly Node[];
}

export interface FunctionDeclaration {
  readonly graph: Graph;
  readonly convention: Convention;
}

/** How a function is called. */
export interface Convention {
  /**
   * - rows: of how many rows it is; gives a status.
   * - seed: what random numbers are drawn from; the count of steps begins anew. Such a function starts the states, once.
   */
  readonly parameter: "rows" | "seed";
  /** Labels that are checked before anything is written. */
  readonly labels: readonly LabelRange[];
  /** Whether a call is one more step, of which random numbers and schedules know. */
  readonly isStep: boolean;
}

export interface LabelRange {
  /** An input of i32. */
  readonly leaf: Node;
  /** Its values are 0 to classes - 1. */
  readonly classes: number;
  /** What the function returns where one is not. */
  readonly status: number;
}
