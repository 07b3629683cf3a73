/**
 * Random graphs with updates that plain gradient descent has not: momentum, states that are swapped or read at another
 * point by their own update, outputs that are leaves, views or twice the same.
 */
import type { Graph, Output, Update } from "../../compiler/graph/graph.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { elementCount, type FloatType, sameDims } from "../../compiler/graph/types.ts";
import * as op from "../../compiler/ops/index.ts";
import { Random } from "./random.ts";
import { randomGraph } from "./random-graph.ts";

export function randomUpdates(seed: number, dtype: FloatType): Graph {
  const { graph } = randomGraph(seed, dtype);
  const random = new Random(seed + 1e6);
  const velocities = graph.updates.map(({ state }, i) => op.state(`v${i}`, state.type));
  const like = graph.states[0]!;
  const twin = op.state("twin", like.type);
  const states = [...graph.states, ...velocities, twin];
  const updates = graph.updates.flatMap((update, i) => changed(update, velocities[i]!, states, random));
  if (random.uniform() < 0.5) updates.push({ state: twin, value: random.pick([like, op.mul(like, 0.5)]) });
  return { ...graph, states, updates, outputs: [...graph.outputs, ...furtherOutputs(graph, updates, random)] };
}

function changed({ state, value }: Update, velocity: Node, states: readonly Node[], random: Random): Update[] {
  const mates = states.filter((other) => other !== state && sameDims(other.type.dims, state.type.dims));
  const [descent, mate] = [op.sub(state, value), random.pick(mates)];
  const v1 = op.add(op.mul(velocity, 0.9), descent);
  switch (random.integer(0, 6)) {
    case 0:
      return [{ state, value: mate }];
    case 1:
      return [{ state, value: op.add(op.tanh(mate), value) }];
    case 2:
      return [{ state, value: op.sub(value, op.sum(op.tanh(state))) }];
    case 3:
      return [{ state, value: turned(state, value) }];
    case 4:
      return [
        { state: velocity, value },
        { state, value },
      ];
    case 5:
      return [
        { state: velocity, value: state },
        { state, value: velocity },
      ];
    default:
      return [
        { state, value: op.sub(state, op.mul(v1, 0.1)) },
        { state: velocity, value: v1 },
      ];
  }
}

/** Reads a square state transposed, any other in the order of its reverse shape. */
function turned(state: Node, value: Node): Node {
  const { dims } = state.type;
  if (dims.length !== 2) return op.mul(value, 0.5);
  return op.add(value, op.reshape(op.transpose(op.tanh(state)), dims));
}

function furtherOutputs(graph: Graph, updates: readonly Update[], random: Random): Output[] {
  const last = graph.outputs.at(-1)!.node;
  const candidates: Node[] = [...graph.inputs.slice(0, 1), ...graph.states, ...updates.map(({ value }) => value), last];
  candidates.push(
    op.neg(last),
    op.scalar(2, last.type.dtype),
    op.mul(graph.states[0]!, constantLike(graph.states[0]!)),
  );
  return ["more", "most"].map((name) => ({ name, node: random.pick(candidates) }));
}

/** A constant with a number for each element of a value: it lies in memory. */
function constantLike({ type: { dims, dtype } }: Node): Node {
  const values = Array.from({ length: elementCount(dims, 1) }, (_, i) => (i % 5) - 2);
  return apply(op.constOp, [], { values, dims: dims as number[], dtype });
}
