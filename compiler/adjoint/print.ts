/**
 * The loss and its derived adjoint as code to read, in the order of computation, under the lines of the model file.
 *
 *   backward
 *     model.ts:9:19  const hidden = tanh(dense(x, 2))
 *       t = d_hidden * (1 - ...)
 *       d_hidden.weight = matmul(transpose(x), t)
 *
 * A name with d_ is the derivative of the loss by the value of that name. What else leads to the gradients is t, t_2, ...:
 * simplified, it need not be the derivative by any one value.
 */
import { isLeaf, isNumber, leafName, numberOf, reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Origin } from "../graph/origin.ts";
import { uniqueName } from "../graph/print.ts";
import { printNumber } from "../graph/types.ts";

/**
 * `cotangents` gives nodes of the adjoint for nodes of the loss, where they are the derivative by them; `heading` prints what
 * stands above the assignments of one line of the model file.
 */
export function printAdjoint(
  loss: Node,
  gradients: ReadonlyMap<string, Node>,
  cotangents: ReadonlyMap<Node, Node>,
  heading: (origin: Origin | undefined) => string,
): string {
  const forward = new Set(reachable([loss]));
  const nodes = reachable([loss, ...gradients.values()]);
  const names = namesOf(nodes, forward, { loss, gradients, cotangents });
  const part = (members: readonly Node[]): string[] => {
    let above: string | undefined;
    return members.flatMap((node) => {
      const own = heading(node.origin);
      const line = `    ${names.get(node)} = ${expression(node, names)}`;
      if (own === above) return [line];
      above = own;
      return [`  ${own}`, line];
    });
  };
  const computed = nodes.filter((node) => !isLeaf(node) && !isNumber(node) && names.has(node));
  const inForward = computed.filter((node) => forward.has(node));
  const inAdjoint = computed.filter((node) => !forward.has(node));
  const results = [...gradients].map(([name, node]) => `  d loss / d ${name} = ${names.get(node) ?? literal(node)}`);
  return ["forward", ...part(inForward), "backward", ...part(inAdjoint), "gradients", ...results].join("\n");
}

/** A matrix transposed: spelled where it is read. */
const isFlip = (node: Node): boolean => node.op.name === "transpose" && node.type.dims.length === 2;
const literal = (node: Node): string => printNumber(numberOf(node));

interface Derivatives {
  readonly loss: Node;
  readonly gradients: ReadonlyMap<string, Node>;
  readonly cotangents: ReadonlyMap<Node, Node>;
}

function namesOf(
  nodes: readonly Node[],
  forward: ReadonlySet<Node>,
  { loss, gradients, cotangents }: Derivatives,
): Map<Node, string> {
  const names = new Map<Node, string>([[loss, "loss"]]);
  for (const [name, node] of gradients) if (!forward.has(node)) names.set(node, `d_${name}`);
  const taken = new Set(names.values());
  for (const node of nodes) if (isLeaf(node) && !isNumber(node)) names.set(node, uniqueName(leafName(node), taken));
  const claim = (node: Node, base: string): void => {
    if (names.has(node) || isNumber(node) || isFlip(node)) return;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    names.set(node, name);
  };
  // From the back, so that the last value of a line, the one its binding means, has the plain name.
  const backwards = nodes.toReversed();
  for (const node of backwards) if (forward.has(node)) claim(node, node.origin?.binding ?? node.op.name);
  for (const node of backwards) if (cotangents.has(node)) claim(cotangents.get(node)!, `d_${names.get(node)}`);
  for (const node of backwards) claim(node, "t");
  return names;
}

const infix: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*", div: "/" };

function expression(node: Node, names: ReadonlyMap<Node, string>): string {
  const operands = node.inputs.map(
    (input) => names.get(input) ?? (isNumber(input) ? literal(input) : expression(input, names)),
  );
  if (isFlip(node)) return `transpose(${operands[0]})`;
  const sign = infix[node.op.name];
  if (sign) return operands.join(` ${sign} `);
  const attrs = Object.entries(node.attrs)
    .filter(([, value]) => value !== false)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`);
  return `${node.op.name}(${[...operands, ...attrs].join(", ")})`;
}
