/**
 * A loop over the elements of its inputs, one op for each body (graph/body.ts). Its adjoint is a loop that runs the other way:
 *
 *   h' = f(h, x, w)          dh, dx, dw += the adjoint of f at what the turn had, given dh' and the cotangent of its output
 *
 * What the adjoint of a turn reads of its values is kept: an output of the loop forward, an input of the loop back. Reference:
 * Griewank and Walther, "Evaluating Derivatives", 2nd ed. 2008, section 4.
 */
import { internalError } from "../diagnostics.ts";
import { type Body, keepable, loopAttributes, loopAxis, resultOf, stackedDims } from "../graph/body.ts";
import { type Graph, nodesOf, roots } from "../graph/graph.ts";
import { interpret } from "../graph/interpret.ts";
import type { Differentiate, Op, ReferenceContext, Value } from "../graph/ir.ts";
import { apply, type Node, onInputs } from "../graph/node.ts";
import { extent, isFloat, printType, sameType, type Type } from "../graph/types.ts";
import { add } from "./arithmetic.ts";
import { scalar } from "./elementwise.ts";
import { input, state } from "./leaf.ts";
import { broadcast } from "./view.ts";

export function scanOp(body: Body): Op<string, typeof loopAttributes> {
  const { graph, elements, extent: turns } = body;
  const names = [
    ...graph.states.map((_, at) => `start${at}`),
    ...graph.inputs.map((_, at) => (at < elements ? `element${at}` : `same${at - elements}`)),
  ];
  const expected = [
    ...graph.states.map(({ type }) => type),
    ...graph.inputs.map(({ type }, at) => (at < elements ? stacked(type, turns) : type)),
  ];
  return {
    name: "scan",
    doc: "A graph run for each element of its inputs, one after the other; what a turn hands on, the next one has.",
    kind: "loop",
    method: "helper",
    inputs: names,
    attributes: loopAttributes,
    body,
    shape(inputs, { result }) {
      names.forEach((name, at) => {
        if (!sameType(inputs[name]!, expected[at]!))
          throw internalError(`${name} of a scan is ${printType(inputs[name]!)}, expected ${printType(expected[at]!)}`);
      });
      const last = graph.states[result];
      return last ? last.type : stacked(keepable(graph)[result - graph.states.length]!.node.type, turns);
    },
    // Of its body, once for all of its results: flops.ts counts it.
    flops: () => 0,
    adjoint: (dy, inputs, y, differentiate) =>
      passBack(
        body,
        names.map((name) => inputs[name]!),
        dy,
        y,
        differentiate,
      ),
    reference: (inputs, _dims, attrs, context) =>
      run(
        body,
        names.map((name) => inputs[name]!),
        attrs.result,
        context,
      ),
    element: "leaf",
    samples: [],
    rejects: [],
  };
}

const stacked = ({ dtype, dims }: Type, turns: number): Type => ({ dtype, dims: stackedDims(dims, turns) });

/** The elements of one result, all turns run. */
function run(body: Body, inputs: readonly Value[], result: number, context: ReferenceContext): Float64Array {
  const { graph, elements, extent: turns, backwards } = body;
  const count = graph.states.length;
  const { rows } = context;
  const dimsOf = ({ type }: Node): number[] => type.dims.map((dim) => extent(dim, rows));
  let states = inputs.slice(0, count).map(({ data }) => data);
  const output = keepable(graph)[result - count];
  const all = output && new Float64Array(turns * dimsOf(output.node).reduce((p, d) => p * d, 1));
  for (let i = 0; i < turns; i++) {
    const turn = backwards ? turns - 1 - i : i;
    const leaves = new Map<Node, Float64Array>(graph.states.map((leaf, at) => [leaf, states[at]!]));
    graph.inputs.forEach((leaf, at) => {
      const { data } = inputs[count + at]!;
      leaves.set(leaf, at < elements ? elementAt(data, dimsOf(leaf), loopAxis(leaf.type.dims), turn, turns) : data);
    });
    const { values } = interpret(graph, { ...context, leaves });
    const dataOf = (node: Node): Float64Array => values.get(node)?.data ?? leaves.get(node)!;
    states = graph.updates.map(({ value }) => dataOf(value));
    if (all) setElement(all, dataOf(output.node), dimsOf(output.node), loopAxis(output.node.type.dims), turn, turns);
  }
  return all ?? states[result]!;
}

/** Where the elements of one turn lie among those of all: runs of `inner`, one in `turns`. */
function* runs(dims: readonly number[], axis: number, turn: number, turns: number) {
  const inner = dims.slice(axis).reduce((p, d) => p * d, 1);
  const outer = dims.slice(0, axis).reduce((p, d) => p * d, 1);
  for (let at = 0; at < outer; at++) yield { own: at * inner, among: (at * turns + turn) * inner, inner };
}

function elementAt(all: Float64Array, dims: readonly number[], axis: number, turn: number, turns: number) {
  const element = new Float64Array(dims.reduce((p, d) => p * d, 1));
  for (const { own, among, inner } of runs(dims, axis, turn, turns))
    element.set(all.subarray(among, among + inner), own);
  return element;
}

function setElement(
  all: Float64Array,
  element: Float64Array,
  dims: readonly number[],
  axis: number,
  turn: number,
  turns: number,
): void {
  for (const { own, among, inner } of runs(dims, axis, turn, turns)) all.set(element.subarray(own, own + inner), among);
}

/** The cotangents of a loop's inputs from that of one of its results, by a loop that runs the other way. */
function passBack(
  body: Body,
  inputs: readonly Node[],
  dy: Node,
  y: Node,
  differentiate: Differentiate,
): Record<string, Node> {
  const { graph, elements, extent: turns } = body;
  const count = graph.states.length;
  const result = resultOf(y);
  const output = keepable(graph)[result - count]?.node;
  const back = new BackwardBody(body, inputs, y);
  const handed = graph.states.map(({ type }, at) => state(`dh${at}`, type));
  const given = output && back.element(dy, output.type);
  const seeds = [
    ...graph.updates.map(({ value }, at) => ({ of: value, cotangent: handed[at]! })),
    ...(output ? [{ of: output, cotangent: given! }] : []),
  ];
  const leaves = [...graph.states, ...graph.inputs];
  const active = leaves.map(({ type }) => isFloat(type.dtype));
  const simple = differentiate(
    seeds,
    leaves.filter((_, at) => active[at]),
    roots(graph),
  );
  const found = new Map(leaves.filter((_, at) => active[at]).map((leaf, at) => [leaf, simple[at]]));
  const slopeOf = (leaf: Node): Node | undefined => {
    const slope = found.get(leaf);
    return slope && back.rebuilt(slope);
  };
  const updates = graph.states.map((leaf, at) => ({ state: handed[at]!, value: slopeOf(leaf) ?? zeros(leaf.type) }));
  const sums = graph.inputs.slice(elements).flatMap((leaf, at) => {
    const slope = slopeOf(leaf);
    const sum = state(`dw${at}`, leaf.type);
    return slope ? [{ name: `same${at}`, state: sum, value: add(sum, slope) }] : [];
  });
  const outputs = graph.inputs.slice(0, elements).flatMap((leaf, at) => {
    const slope = slopeOf(leaf);
    return slope ? [{ name: `element${at}`, node: slope }] : [];
  });
  const states = [...handed, ...sums.map((sum) => sum.state)];
  const starts = states.map(({ type }, at) => (output === undefined && at === result ? dy : zeros(type)));
  const loop = back.loop({ name: "", inputs: [], states, outputs, updates: [...updates, ...sums] }, turns);
  const resultAt = (at: number): Node => apply(loop.op, [...starts, ...loop.values], { result: at });
  return Object.fromEntries([
    ...graph.states.map((_, at) => [`start${at}`, resultAt(at)]),
    ...sums.map(({ name }, at) => [name, resultAt(count + at)]),
    ...outputs.map(({ name }, at) => [name, resultAt(states.length + at)]),
  ]);
}

const zeros = ({ dtype, dims }: Type): Node => broadcast(scalar(0, dtype as "f32" | "f64"), dims);

/** The inputs of the loop back, made as its body asks for what the turn had. */
class BackwardBody {
  readonly #body: Body;
  readonly #inputs: readonly Node[];
  readonly #y: Node;
  readonly #forward: ReadonlySet<Node>;
  readonly #elements: { readonly leaf: Node; readonly value: Node }[] = [];
  readonly #same: { readonly leaf: Node; readonly value: Node }[] = [];
  readonly #known = new Map<Node, Node>();

  /** `y` is a result of the loop forward. */
  constructor(body: Body, inputs: readonly Node[], y: Node) {
    this.#body = body;
    this.#inputs = inputs;
    this.#y = y;
    const { graph } = body;
    this.#forward = new Set([...graph.states, ...graph.inputs, ...nodesOf(graph)]);
  }

  /** A leaf for an element of what all turns have. */
  element(value: Node, type: Type): Node {
    const leaf = input(`x${this.#elements.length}`, type);
    this.#elements.push({ leaf, value });
    return leaf;
  }

  /** A node of the adjoint, on leaves of the loop back. */
  rebuilt(node: Node): Node {
    const known = this.#known.get(node);
    if (known) return known;
    const made = this.#forward.has(node) ? this.#kept(node) : this.#onRebuilt(node);
    this.#known.set(node, made);
    return made;
  }

  #onRebuilt = (node: Node): Node =>
    onInputs(
      node,
      node.inputs.map((one) => this.rebuilt(one)),
    );

  /** A value of the turn: kept from the loop forward, or computed again where memory never has such. */
  #kept(node: Node): Node {
    const { graph, elements } = this.#body;
    const count = graph.states.length;
    const at = graph.inputs.indexOf(node);
    if (at >= elements) {
      const leaf = input(`w${this.#same.length}`, node.type);
      this.#same.push({ leaf, value: this.#inputs[count + at]! });
      return leaf;
    }
    if (at >= 0) return this.element(this.#inputs[count + at]!, node.type);
    const output = keepable(graph).findIndex((one) => one.node === node);
    if (output >= 0) return this.element(apply(this.#y.op, this.#inputs, { result: count + output }), node.type);
    return this.#onRebuilt(node);
  }

  /** The op of the loop, and what it is applied to behind its starts. */
  loop(graph: Graph, turns: number): { op: Op; values: readonly Node[] } {
    const inputs = [...this.#elements, ...this.#same];
    const whole = { ...graph, inputs: inputs.map(({ leaf }) => leaf) };
    const elements = this.#elements.length;
    const op = scanOp({ graph: whole, elements, extent: turns, backwards: !this.#body.backwards });
    return { op, values: inputs.map(({ value }) => value) };
  }
}
