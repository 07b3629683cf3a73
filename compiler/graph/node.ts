/**
 * A node: one operation applied to other nodes. Nodes are immutable values; a graph is whatever its outputs reach.
 *
 *   apply(add, [h, b])   checks the shapes by add's rule and gives a node of the type that the rule derives
 */
import { internalError, recordOrThrow } from "../diagnostics.ts";
import type { AttrKinds, Attrs, AttrsOf, NoAttrs } from "./attributes.ts";
import type { Node, Op } from "./ir.ts";
import { currentOrigin, type Origin, withOrigin } from "./origin.ts";
import { currentRegion, inRegion, type Region } from "./region.ts";
import { printType, type Type } from "./types.ts";

export type { Node, NodeOf } from "./ir.ts";

let nextId = 1;

/** Such as the node in whose place the new one stands. */
export interface ApplyOptions {
  readonly origin?: Origin | undefined;
  readonly region?: Region;
}

/** Attributes may be left out where all of them may. */
type Settings<A> = NoAttrs extends A ? [attrs?: A, options?: ApplyOptions] : [attrs: A, options?: ApplyOptions];

/** Applies an op: derives the type, or records the shape error and gives a poisoned node so that the build can go on. */
export function apply<D extends AttrKinds>(
  op: Op<string, D>,
  inputs: readonly Node[],
  ...[attrs = {} as AttrsOf<D>, options = {}]: Settings<AttrsOf<D>>
): Node {
  return applied(op as unknown as Op, inputs, attrs as Attrs, options);
}

function applied(op: Op, inputs: readonly Node[], attrs: Attrs, options: ApplyOptions): Node {
  const origin = options.origin ?? currentOrigin();
  const region = options.region ?? currentRegion();
  if (op.inputs.length !== inputs.length) {
    throw internalError(`${op.name} takes ${op.inputs.length} inputs, got ${inputs.length}`);
  }
  const node = (type: Type, poisoned: boolean): Node => ({
    id: nextId++,
    op,
    inputs,
    attrs,
    type,
    origin,
    region,
    poisoned,
    [Symbol.toPrimitive]: refuseOperator,
  });
  const first = inputs[0];
  if (inputs.some((input) => input.poisoned)) return node(first!.type, true);
  try {
    return node(
      op.shape(
        byName(
          op,
          inputs.map((input) => input.type),
        ),
        attrs,
        { op: op.name, inputs, origin },
      ),
      false,
    );
  } catch (error) {
    recordOrThrow(error);
    return node(first?.type ?? { dtype: "f32", dims: [] }, true);
  }
}

function refuseOperator(this: Node, hint: string): string {
  if (hint === "string") return printType(this.type);
  throw new TypeError(
    `an operator was given a tensor, ${printType(this.type)}: ` +
      "expected add, sub, mul, div, pow, neg, greater, less in place of + - * / ** > <",
  );
}

/** The node itself where its inputs are those given, else its op applied to them. */
export function onInputs(node: Node, inputs: readonly Node[]): Node {
  if (node.inputs.every((input, i) => input === inputs[i])) return node;
  return apply(node.op, inputs, node.attrs, node);
}

/** Runs `body`, which makes what is put in the place of `node`. */
export const inPlaceOf = <T>({ origin, region }: Node, body: () => T): T =>
  inRegion(region, () => withOrigin(origin, body));

/** The types of a node's inputs by name. */
export const typesOf = ({ op, inputs }: Node): Record<string, Type> =>
  byName(
    op,
    inputs.map(({ type }) => type),
  );

/** Pairs a list in input order with the op's input names: [x, y] -> { a: x, b: y }. */
export function byName<T>(op: Op, values: readonly T[]): Record<string, T> {
  const record: Record<string, T> = {};
  op.inputs.forEach((name, index) => {
    record[name] = values[index]!;
  });
  return record;
}
