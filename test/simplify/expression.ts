/**
 * Expressions as text, for tests of rules: `mul x (neg 2)`, `sum x axes=[1] keep=true`, `reshape x dims=[3,2]`.
 *
 * Leaves have fixed types: x y z w [2,3], v [3], k [2,1], u [1,3], r s [], m a mask [2,3], l labels [2]; `ones` and `twos`
 * are constants [3].
 */
import { type Attr, repeatsType } from "../../compiler/graph/attributes.ts";
import { type Graph, reachable } from "../../compiler/graph/graph.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import type { DType, Type } from "../../compiler/graph/types.ts";
import { printNumber } from "../../compiler/graph/types.ts";
import { constOp, input, opByName, scalar } from "../../compiler/ops/index.ts";

const shapes: Record<string, readonly number[]> = {
  ...{ x: [2, 3], y: [2, 3], z: [2, 3], w: [2, 3], m: [2, 3] },
  ...{ v: [3], k: [2, 1], u: [1, 3], r: [], s: [], l: [2] },
};
const dtypes: Record<string, DType> = { m: "bool", l: "i32" };
const constants: Record<string, number> = { ones: 1, twos: 2 };

export class Scope {
  readonly #leaves = new Map<string, Node>();

  leaf(name: string): Node {
    const known = this.#leaves.get(name);
    if (known) return known;
    const dims = shapes[name];
    if (dims === undefined) throw new SyntaxError(`unknown leaf ${name}`);
    const type: Type = { dtype: dtypes[name] ?? "f64", dims };
    const made = input(name, type);
    this.#leaves.set(name, made);
    return made;
  }

  get leaves(): Node[] {
    return [...this.#leaves.values()];
  }

  parse(text: string): Node {
    const words = text.match(/[()]|[\w]+=\[[^\]]*\]|[^\s()]+/g) ?? [];
    let next = 0;
    const operand = (): Node => {
      const word = words[next++]!;
      if (word === "(") {
        const inner = application();
        next++;
        return inner;
      }
      if (word in constants)
        return apply(constOp, [], { values: Array(3).fill(constants[word]), dims: [3], dtype: "f64" });
      return Number.isNaN(Number(word)) ? this.leaf(word) : scalar(Number(word), "f64");
    };
    const application = (): Node => {
      const op = opByName.get(words[next] ?? "");
      if (op === undefined) return operand();
      next++;
      const inputs = op.inputs.map(operand);
      const attrs: Record<string, Attr> = {};
      for (; words[next]?.includes("="); next++) {
        const [key, value] = words[next]!.split("=");
        attrs[key!] = JSON.parse(value!);
      }
      if (repeatsType(op.attributes, "dtype")) attrs.dtype = "f64";
      return apply(op, inputs, attrs);
    };
    return application();
  }
}

export function print(node: Node): string {
  if (node.op.name === "const") {
    const values = node.attrs.values as number[] | undefined;
    return values ? `const[${values.map(printNumber)}]` : printNumber(node.attrs.value as number);
  }
  if (node.op.kind === "leaf") return node.attrs.name as string;
  const inputs = node.inputs.map((i) => (i.inputs.length > 0 ? ` (${print(i)})` : ` ${print(i)}`));
  const attrs = Object.entries(node.attrs)
    .filter(([key]) => key !== "dtype")
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${node.op.name}${inputs.join("")}${attrs.join("")}`;
}

/** The graph that returns a node as y. */
export function graphOf(node: Node, name = "y"): Graph {
  const inputs = reachable([node]).filter((n) => n.op.name === "input");
  return { name: "", inputs, states: [], outputs: [{ name, node }], updates: [] };
}
