/**
 * Differentiation as in a textbook: one expression for each parameter, by the rules for sums, products and chains, from
 * the leaves up, and nothing shared between its parts.
 *
 *   d/dw (w x - t)^2   ->   x * (w x - t) + (w x - t) * x       w x - t written twice
 *
 * In memory parts are shared, or none of this would fit there; sizes and evaluation are those of the expression written out.
 */
import { differentiate } from "../../adjoint/build.ts";
import { reachable } from "../../graph/graph.ts";
import { byName } from "../../graph/node.ts";
import { add, scalar } from "../../ops/index.ts";
import type { ScalarNode } from "./unroll.ts";

/** d loss / d variable. A factor 1 and a term 0 are left out; nothing else is simplified. */
export function derivative(
  loss: ScalarNode,
  variable: ScalarNode,
  order: readonly ScalarNode[] = reachable([loss]),
): ScalarNode {
  const slopes = new Map<ScalarNode, ScalarNode>([[variable, scalar(1, "f64")]]);
  for (const node of order) {
    const { adjoint } = node.op;
    if (adjoint === "none") continue;
    const terms = node.inputs.flatMap((input, position) => {
      const slope = slopes.get(input);
      // For a function of scalars, the adjoint's rule with the slope of the input in place of dy is the chain rule.
      const term =
        slope && adjoint(slope, byName(node.op, node.inputs), node, differentiate)[node.op.inputs[position]!];
      return term ? [withoutOne(term)] : [];
    });
    if (terms.length > 0) slopes.set(node, terms.reduce(add));
  }
  return slopes.get(loss) ?? scalar(0, "f64");
}

function withoutOne(term: ScalarNode): ScalarNode {
  if (term.op.name !== "mul") return term;
  const [a, b] = term.inputs as [ScalarNode, ScalarNode];
  return isOne(a) ? b : isOne(b) ? a : term;
}

const isOne = ({ op, attrs }: ScalarNode): boolean => op.name === "const" && attrs.value === 1;

/** Whether evaluation computes something here: stopGradient and leaves cost nothing. */
export const isOperation = ({ op }: ScalarNode): boolean => op.kind === "elementwise";

/** Counts the operations of expressions written out; keeps what it has counted. */
export class Sizes {
  readonly #known = new Map<ScalarNode, bigint>();

  of(expression: ScalarNode): bigint {
    const stack = [expression];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const missing = node.inputs.filter((input) => !this.#known.has(input));
      stack.push(...missing);
      if (missing.length > 0) continue;
      stack.pop();
      const own = isOperation(node) ? 1n : 0n;
      this.#known.set(
        node,
        node.inputs.reduce((sum, input) => sum + this.#known.get(input)!, own),
      );
    }
    return this.#known.get(expression)!;
  }
}

/** The value of an expression as it is written: a part that occurs twice is computed twice. */
export function evaluate(expression: ScalarNode, values: ReadonlyMap<ScalarNode, number>): number {
  const known = values.get(expression);
  if (known !== undefined) return known;
  return applied(expression, (input) => evaluate(input, values));
}

/** The same values, each part computed once. `values` learns those of all parts. */
export function evaluateShared(expressions: readonly ScalarNode[], values: Map<ScalarNode, number>): number[] {
  for (const node of reachable(expressions)) {
    if (!values.has(node))
      values.set(
        node,
        applied(node, (input) => values.get(input)!),
      );
  }
  return expressions.map((expression) => values.get(expression)!);
}

function applied({ op, attrs, inputs }: ScalarNode, ofInput: (input: ScalarNode) => number): number {
  const parts = inputs.map((input) => ({ dims: [], data: Float64Array.of(ofInput(input)) }));
  return op.reference(byName(op, parts), [], attrs, { rows: 0, seed: 0, step: 0 })[0]!;
}
