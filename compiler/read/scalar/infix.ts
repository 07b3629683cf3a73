/**
 * A scalar graph as a formula that a person (and JavaScript, with Math in scope) can read.
 *
 *   div x (add 1 (exp (neg (mul beta x))))     x / (1 + exp(-(beta * x)))
 *
 * A long part that is used twice gets a line of its own, so that the text does not grow with every use:
 *
 *   t1 = 1 / (1 + exp(-(beta * x)))
 *   t1 + x * t1 * (1 - t1)
 */
import { leafName, numberOf, reachable, usersOf } from "../../graph/graph.ts";
import type { Node } from "../../graph/node.ts";

/** How tightly an operator binds, as in JavaScript. */
const binding = { choice: 1, or: 2, and: 3, equality: 4, relation: 5, sum: 6, product: 7, sign: 8, atom: 9 } as const;

interface Text {
  readonly text: string;
  readonly binds: number;
}

const operators: Readonly<Record<string, readonly [sign: string, binds: number]>> = {
  or: ["||", binding.or],
  and: ["&&", binding.and],
  eq: ["===", binding.equality],
  ne: ["!==", binding.equality],
  lt: ["<", binding.relation],
  le: ["<=", binding.relation],
  gt: [">", binding.relation],
  ge: [">=", binding.relation],
  add: ["+", binding.sum],
  sub: ["-", binding.sum],
  mul: ["*", binding.product],
  div: ["/", binding.product],
};

const functionNames: Readonly<Record<string, string>> = { minimum: "min", maximum: "max" };

/** A part that is used twice is named where it is longer than this. */
const longestRepeated = 16;

export function printInfix(root: Node): string {
  const nodes = reachable([root]);
  const users = usersOf(nodes);
  const texts = new Map<Node, Text>();
  const lines: string[] = [];
  const taken = new Set(nodes.map((node) => node.attrs.name));
  const unused = (): string => {
    let number = lines.length + 1;
    while (taken.has(`t${number}`)) number++;
    taken.add(`t${number}`);
    return `t${number}`;
  };
  for (const node of nodes) {
    const printed = printNode(
      node,
      node.inputs.map((input) => texts.get(input)!),
    );
    const isRepeated = users.get(node)!.length > 1 && printed.text.length > longestRepeated;
    const own = isRepeated ? { text: unused(), binds: binding.atom } : printed;
    if (isRepeated) lines.push(`${own.text} = ${printed.text}`);
    texts.set(node, own);
  }
  return [...lines, texts.get(root)!.text].join("\n");
}

function printNode(node: Node, inputs: readonly Text[]): Text {
  const name = node.op.name;
  const operator = operators[name];
  if (name === "const") return printNumber(numberOf(node));
  if (node.op.kind === "leaf") return { text: leafName(node), binds: binding.atom };
  if (operator) return printBinary(operator, inputs);
  if (name === "neg") return { text: `-${inside(inputs[0]!, binding.atom)}`, binds: binding.sign };
  if (name === "not") return { text: `!${inside(inputs[0]!, binding.atom)}`, binds: binding.sign };
  if (name === "select") {
    const [mask, a, b] = inputs as [Text, Text, Text];
    const text = `${inside(mask, binding.or)} ? ${inside(a, binding.or)} : ${b.text}`;
    return { text, binds: binding.choice };
  }
  return { text: `${functionNames[name] ?? name}(${inputs.map(({ text }) => text).join(", ")})`, binds: binding.atom };
}

function printNumber(value: number): Text {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return { text, binds: text.startsWith("-") ? binding.sign : binding.atom };
}

/** Operators group from the left: a - b - c is (a - b) - c. */
function printBinary([sign, binds]: readonly [string, number], inputs: readonly Text[]): Text {
  const [a, b] = inputs as [Text, Text];
  return { text: `${inside(a, binds)} ${sign} ${inside(b, binds + 1)}`, binds };
}

const inside = ({ text, binds }: Text, least: number): string => (binds < least ? `(${text})` : text);
