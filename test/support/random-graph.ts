/**
 * Random graphs with their adjoints: a few leaves, a chain of ops of every kind that fit, a scalar loss over all that is
 * left over, gradients of the loss and updates of the states in the style of an optimiser. Values stay moderate, so that
 * a difference in the results is a miscompilation and not a matter of rounding.
 */
import { gradients } from "../../compiler/adjoint/build.ts";
import { loopAxis } from "../../compiler/graph/body.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { type Dim, type Dims, elementCount, type FloatType, sameDims } from "../../compiler/graph/types.ts";
import * as op from "../../compiler/ops/index.ts";
import { scanOp } from "../../compiler/ops/scan.ts";
import { Random } from "./random.ts";
import { type Around, sides, tensorSteps } from "./random-tensors.ts";

export interface RandomGraph {
  readonly graph: Graph;
  leaves(rows: number): Map<string, Float64Array>;
}

const sizes = [1, 2, 3, 4, 5, 7, 8, 13];

export function randomGraph(seed: number, dtype: FloatType): RandomGraph {
  const random = new Random(seed);
  const builder = new GraphBuilder(random, dtype);
  const nodeCount = random.integer(1, 24);
  for (let i = 0; i < nodeCount; i++) builder.grow();
  const graph = builder.finish();
  return {
    graph,
    leaves: (rows) => {
      const values = new Random(seed + 1);
      const draw = (leaf: Node): Float64Array => {
        const count = elementCount(leaf.type.dims, rows);
        if (leaf.type.dtype === "i32") return Float64Array.from({ length: count }, () => values.integer(0, 2));
        const drawn = values.array(count, -1.5, 1.5);
        return dtype === "f32" ? drawn.map(Math.fround) : drawn;
      };
      return new Map([...graph.inputs, ...graph.states].map((leaf) => [leaf.attrs.name as string, draw(leaf)]));
    },
  };
}

class GraphBuilder {
  readonly #random: Random;
  readonly #dtype: FloatType;
  readonly #inputs: Node[];
  /** Of three classes at most; given and found ones. */
  readonly #labels: Node[];
  readonly #states: Node[] = [];
  readonly #values: Node[];

  constructor(random: Random, dtype: FloatType) {
    this.#random = random;
    this.#dtype = dtype;
    const labels = op.input("labels", { dtype: "i32", dims: ["n"] });
    const x = op.input("x", { dtype, dims: ["n", random.pick(sizes)] });
    const image = op.input("image", { dtype, dims: ["n", random.pick(sides), random.pick(sides), random.pick(sides)] });
    this.#labels = [labels, op.input("words", { dtype: "i32", dims: ["n", random.pick([1, 2, 3, 5])] })];
    this.#inputs = [x, image, ...this.#labels];
    this.#values = [x, image, op.oneHot(labels, 3, dtype), this.#state([random.pick(sizes), random.pick(sizes)])];
  }

  get #around(): Around {
    return { random: this.#random, values: this.#values, state: (dims) => this.#state(dims) };
  }

  #state(dims: Dims): Node {
    const state = op.state(`w${this.#states.length}`, { dtype: this.#dtype, dims });
    this.#states.push(state);
    return state;
  }

  grow(): void {
    const value = this.#step(this.#random.pick(this.#values));
    if (value !== undefined && elementCount(value.type.dims, 8) <= 4096) this.#values.push(value);
  }

  #step(x: Node): Node | undefined {
    const choice = this.#random.integer(0, 14 + tensorSteps.length);
    switch (choice) {
      case 0:
      case 1:
        return this.#unary(x);
      case 2:
      case 3:
        return this.#binary(x, this.#partner(x));
      case 4:
        return x.type.dims.length === 2
          ? op.matmul(x, this.#state([x.type.dims[1]!, this.#random.pick(sizes)]))
          : undefined;
      case 5:
        return this.#reduction(x);
      case 6:
        return this.#transposedProduct(x);
      case 7:
        return this.#reshaped(x);
      case 8:
        return op.select(op.gt(x, this.#random.uniform(-1, 1)), this.#unary(x), this.#partner(x));
      case 9:
        return op.gather(this.#table(x), this.#random.pick(this.#labels));
      case 10:
        return this.#scattered(x);
      case 11:
        return this.#recurrent(x);
      case 12:
        return op.mul(x, op.uniform(x.type.dims, this.#random.integer(0, 3), this.#dtype));
      case 13:
        return this.#found(x);
      case 14:
        return this.#normalized(x);
      default:
        return tensorSteps[choice - 15]!(x, this.#around);
    }
  }

  #unary(x: Node): Node {
    const bounded = op.tanh(x);
    const choices: (() => Node)[] = [
      () => bounded,
      () => op.sigmoid(x),
      () => op.softplus(bounded),
      () => op.relu(x),
      () => op.neg(x),
      () => op.exp(bounded),
      () => op.log(op.add(op.mul(bounded, bounded), 0.5)),
      () => op.sqrt(op.add(op.abs(bounded), 0.3)),
      () => op.sin(x),
      () => op.cos(x),
      () => op.erf(x),
      () => op.abs(x),
      () => op.floor(x),
      () => op.stopGradient(x),
      () => op.sub(1, x),
      () => op.mul(x, 0.5),
    ];
    return this.#random.pick(choices)();
  }

  #binary(a: Node, b: Node): Node {
    const choices: (() => Node)[] = [
      () => op.add(a, b),
      () => op.sub(a, b),
      () => op.mul(op.tanh(a), b),
      () => op.div(a, op.add(op.mul(op.tanh(b), op.tanh(b)), 1)),
      () => op.maximum(a, b),
      () => op.minimum(a, b),
    ];
    return this.#random.pick(choices)();
  }

  /** Another value of the shape, or one that stretches to it. */
  #partner(x: Node): Node {
    const same = this.#values.filter((value) => sameDims(value.type.dims, x.type.dims));
    const last = x.type.dims.at(-1);
    if (this.#random.uniform() < 0.6 || last === undefined || last === "n") return this.#random.pick(same);
    return this.#random.uniform() < 0.7 ? this.#state([last]) : this.#state([]);
  }

  /** A loop along the first axis of an example: two values change places, and one meets an element and a weight. */
  #recurrent(x: Node): Node | undefined {
    const { dims, dtype } = x.type;
    const axis = loopAxis(dims);
    const turns = dims[axis];
    if (turns === undefined) return undefined;
    const own = dims.toSpliced(axis, 1);
    const [h, g] = [0, 1].map((at) => op.state(`h${at}`, { dtype, dims: own })) as [Node, Node];
    const [element, weight] = [op.input("x0", { dtype, dims: own }), op.input("w0", { dtype, dims: [] })];
    const next = op.tanh(op.add(op.mul(h, weight), this.#random.uniform() < 0.5 ? op.add(element, g) : element));
    const graph: Graph = {
      name: "",
      inputs: [element, weight],
      states: [h, g],
      updates: [
        { state: h, value: next },
        { state: g, value: h },
      ],
      outputs: [{ name: "each", node: next }],
    };
    const backwards = this.#random.uniform() < 0.5;
    const loop = scanOp({ graph, elements: 1, extent: turns as number, backwards });
    const start = op.broadcast(op.scalar(this.#random.uniform(-1, 1), this.#dtype), own);
    return apply(loop, [start, start, x, this.#state([])], { result: this.#random.integer(0, 2) });
  }

  #reduction(x: Node): Node | undefined {
    if (x.type.dims.length === 0) return undefined;
    const axes = x.type.dims.flatMap((_, axis) => (this.#random.uniform() < 0.6 ? [axis] : []));
    const keep = this.#random.uniform() < 0.5;
    const draw = this.#random.uniform();
    const hasRows = axes.some((axis) => x.type.dims[axis] === "n");
    const extreme = draw < 0.8 ? op.max : draw < 0.9 || hasRows ? op.min : op.prod;
    const reduced = (draw < 0.7 ? op.sum : extreme)(x, axes, keep);
    return op.tanh(op.mul(reduced, 0.3));
  }

  /** x^T y, with rows or a fixed extent in the middle. */
  #transposedProduct(x: Node): Node | undefined {
    const lead = x.type.dims[0];
    if (x.type.dims.length !== 2) return undefined;
    const mates = this.#values.filter((v) => v.type.dims.length === 2 && v.type.dims[0] === lead);
    return op.mul(op.matmul(op.transpose(x), this.#random.pick(mates)), 0.2);
  }

  #reshaped(x: Node): Node {
    const [first, ...rest] = x.type.dims;
    const merge = (dims: readonly Dim[]) => dims.reduce<number>((p, d) => p * (d as number), 1);
    if (first === "n") return op.reshape(x, this.#random.uniform() < 0.5 ? ["n", merge(rest)] : ["n", 1, ...rest]);
    const count = merge(x.type.dims);
    return op.reshape(x, this.#random.pick([[count], [1, count], [count, 1]]));
  }

  /** Deviations from the sum along some axes, measured by their own size; one of the operations may be another. */
  #normalized(x: Node): Node {
    const axes = x.type.dims.flatMap((_, axis) => (this.#random.uniform() < 0.6 ? [axis] : []));
    const total = op.mul(op.tanh(op.sum(x, axes, true)), 0.3);
    const deviation = this.#random.pick([op.sub, op.sub, op.add, op.maximum])(x, total);
    const size = op.sum(op.mul(deviation, deviation), axes, true);
    return op.div(deviation, op.add(op.sqrt(op.add(size, 0.1)), 0.5));
  }

  /** One more kind of labels, the places of the largest of few elements, as a mask. Neighbours in whole steps are true ties. */
  #found(x: Node): Node | undefined {
    const { dims } = x.type;
    const axes = dims.flatMap((dim, axis) => (dim !== "n" && dim <= 3 ? [axis] : []));
    if (dims[0] !== "n" || axes.length === 0) return undefined;
    const labels = op.argmax(op.floor(op.mul(x, 2.3)), this.#random.pick(axes));
    this.#labels.push(labels);
    return op.oneHot(labels, 3, this.#dtype);
  }

  /** The value where labels can name its rows, else one of its own, kept or computed. */
  #table(x: Node): Node {
    const [rows] = x.type.dims;
    if (rows !== undefined && rows !== "n" && rows >= 3) return x;
    const table = this.#state([this.#random.integer(3, 5), this.#random.pick(sizes)]);
    return this.#random.uniform() < 0.5 ? table : op.tanh(table);
  }

  #scattered(x: Node): Node | undefined {
    const labels = this.#labels.filter(({ type: { dims } }) => sameDims(x.type.dims.slice(0, dims.length), dims));
    if (labels.length === 0) return undefined;
    return op.mul(op.scatterAdd(x, this.#random.pick(labels), this.#random.integer(3, 5)), 0.3);
  }

  finish(): Graph {
    const terms = this.#values.slice(-4).map((v) => op.sum(op.mul(op.tanh(v), this.#random.uniform(0.2, 1))));
    const loss = op.div(
      terms.reduce((a, b) => op.add(a, b)),
      op.rows(this.#dtype),
    );
    const cotangents = gradients(loss, this.#states);
    const updates = this.#states.flatMap((state, i) => {
      const gradient = cotangents[i];
      return gradient === undefined ? [] : [{ state, value: op.sub(state, op.mul(gradient, 0.1)) }];
    });
    const last = this.#values.at(-1)!;
    const outputs = [
      { name: "loss", node: loss },
      { name: "last", node: last },
    ];
    return { name: "random", inputs: this.#inputs, states: this.#states, outputs, updates };
  }
}
