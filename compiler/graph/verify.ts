/**
 * Checks a graph; the runner calls it after every pass. It holds that
 * - every node's type is what its op's rule derives from its inputs' types
 * - every input has a smaller id than its user (so the graph has no cycle and ids are an order)
 * - "n" stands first in a shape or nowhere; extents are integers from 1 on
 * - leaves are those of the signature, each name once among inputs and once among states
 * - an update has its state's type and each state is updated once
 * - what lies in panels is a state or a copy of two axes or more, without rows
 * - no node is poisoned by an unreported error
 */
import { internalError } from "../diagnostics.ts";
import { attrFault } from "./attributes.ts";
import { type Graph, isConstant, isLeaf, isState, leafName, nodesOf } from "./graph.ts";
import { byName, type Node } from "./node.ts";
import { printType, sameType } from "./types.ts";

export function verifyGraph(graph: Graph): void {
  const leaves = new Set([...graph.inputs, ...graph.states]);
  // Callers pass inputs by name, and files hold states by name; the two may share one.
  for (const kind of [graph.inputs, graph.states]) {
    const names = new Set<string>();
    for (const leaf of kind) {
      if (names.has(leafName(leaf))) throw internalError(`two leaves are called ${leafName(leaf)}`);
      names.add(leafName(leaf));
    }
  }
  for (const node of nodesOf(graph)) {
    if (isLeaf(node) && !isConstant(node) && !leaves.has(node)) {
      throw internalError(`${leafName(node)} is not in the signature of graph ${graph.name}`);
    }
    verifyNode(node);
  }
  const updated = new Set<Node>();
  for (const { state, value } of graph.updates) {
    if (!graph.states.includes(state)) throw internalError(`${leafName(state)} is updated but no state of the graph`);
    if (updated.has(state)) throw internalError(`${leafName(state)} is updated twice`);
    updated.add(state);
    if (!sameType(state.type, value.type)) {
      throw internalError(`${leafName(state)} is ${printType(state.type)}, its update ${printType(value.type)}`);
    }
  }
  for (const [node, width] of graph.panels ?? []) {
    const { dims } = node.type;
    const isMatrix = dims.length > 1 && !dims.includes("n");
    if (!(isState(node) || node.op.name === "copy") || !isMatrix || !Number.isInteger(width) || width < 1)
      throw internalError(`${node.op.name} #${node.id}: ${printType(node.type)} does not lie in panels of ${width}`);
  }
}

function verifyNode(node: Node): void {
  const what = `${node.op.name} #${node.id}`;
  if (node.poisoned) throw internalError(`${what} is poisoned`);
  if (node.op.body) verifyBody(node.op.body.graph);
  for (const input of node.inputs)
    if (input.id >= node.id) throw internalError(`${what} reads #${input.id}, made after it`);
  node.type.dims.forEach((dim, axis) => {
    if (dim === "n" ? axis > 0 && node.op.kind !== "view" : !Number.isInteger(dim) || dim < 1) {
      throw internalError(`${what} has a bad extent: ${printType(node.type)}`);
    }
  });
  const fault = attrFault(what, node.op.attributes, node.attrs);
  if (fault) throw internalError(fault);
  const types = byName(
    node.op,
    node.inputs.map((input) => input.type),
  );
  const derived = node.op.shape(types, node.attrs, { op: node.op.name, inputs: node.inputs, origin: node.origin });
  if (!sameType(derived, node.type)) {
    throw internalError(`${what} is ${printType(node.type)}, its rule gives ${printType(derived)}`);
  }
}

/** The body of a loop: each state has its update, in order. */
function verifyBody(body: Graph): void {
  verifyGraph(body);
  const isInOrder = body.states.every((state, at) => body.updates[at]?.state === state);
  if (!isInOrder || body.updates.length !== body.states.length)
    throw internalError("the updates of a loop's body are not those of its states, in their order");
}
