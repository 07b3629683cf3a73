/** What the rules know about constants: which nodes hold one number everywhere, and which numbers scale without rounding. */
import { attrsOf, constAttributes } from "../graph/attributes.ts";
import type { Node } from "../graph/node.ts";

/** Views that only repeat or rearrange elements: of a uniform value they are as uniform. */
const rearranging: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose"]);
const dense = new WeakMap<Node, number | undefined>();

/** The number that every element of the node is, if it is a constant (or a view of one) whose elements are all equal. */
export function uniformValue(node: Node): number | undefined {
  let source = node;
  while (rearranging.has(source.op.name)) source = source.inputs[0]!;
  if (source.op.name !== "const") return undefined;
  const { value, values } = attrsOf(source, constAttributes);
  if (values === undefined) return value;
  if (!dense.has(source)) dense.set(source, commonValue(values));
  return dense.get(source);
}

/** The value that all have (-0 and 0 differ, NaN equals itself), or undefined. */
export function commonValue(values: ArrayLike<number>): number | undefined {
  const first = values[0];
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return undefined;
  return first;
}

/** Whether a number is 2^k or -2^k with 2^k and 2^-k both normal in f32: multiplying by either rounds at most once. */
export function isPowerOfTwo(value: number): boolean {
  const exponent = Math.log2(Math.abs(value));
  return Number.isInteger(exponent) && Math.abs(exponent) <= 126 && Math.abs(value) === 2 ** exponent;
}
