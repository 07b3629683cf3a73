/**
 * What callers know by name as values of the program's leaves, for the interpreter: an input and a parameter may be called the same.
 *
 *   leafValues(program, { inputs: { x: [1, 2] }, targets: { y: [3] } }, { "hidden.weight": [...] })
 */

import type { Node } from "../graph/node.ts";
import type { Program } from "../program/program.ts";

type ByName = Readonly<Record<string, ArrayLike<number>>>;

export interface GivenValues {
  readonly inputs: ByName;
  readonly targets: ByName;
}

/** States that have no value, such as the optimiser's where no step is taken, are left out. */
export function leafValues(
  program: Program,
  { inputs, targets }: GivenValues,
  states: ByName,
): Map<Node, ArrayLike<number>> {
  const of = (leaves: readonly { readonly name: string; readonly node: Node }[], values: ByName) =>
    leaves.filter(({ name }) => Object.hasOwn(values, name)).map(({ name, node }) => [node, values[name]!] as const);
  return new Map([...of(program.inputs, inputs), ...of(program.targets, targets), ...of(program.states, states)]);
}
