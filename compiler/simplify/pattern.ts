/**
 * Patterns: expressions with holes, written with the names of the ops.
 *
 *   sub(x, neg(y))        matches  sub a (neg b)   with x = a, y = b
 *   mul(x, 1)             matches a product with a constant whose elements are all 1, on either side
 *
 * The type of a pattern lists its variables, so a replacement that reads an unbound one does not compile.
 */

import type { Op } from "../graph/ir.ts";
import type { Node } from "../graph/node.ts";
import { sameType } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { uniformValue } from "./constants.ts";

/** A pattern whose variables are `Name`. */
export type Pattern<Name extends string = string> = Hole<Name> | Literal | Application<Name>;

interface Hole<Name extends string> {
  readonly kind: "hole";
  readonly name: Name;
  accepts(node: Node): boolean;
}

interface Literal {
  readonly kind: "literal";
  readonly value: number;
}

interface Application<Name extends string> {
  readonly kind: "application";
  readonly op: Op;
  readonly inputs: readonly Pattern[];
  /** Matches only a node that nothing else reads, so that replacing its reader makes it disappear. */
  readonly once: boolean;
  /** The variable that the matched node itself is bound to, for its attributes. */
  readonly as: Name | undefined;
  /** Only for the type: a pattern's names are those of its parts. */
  readonly names?: Name;
}

/** A number stands for the constant. */
export type PatternPart = Pattern | number;
export type NamesIn<T> = T extends Hole<infer Name> | Application<infer Name> ? Name : never;
export type Bindings<Name extends string = string> = Readonly<Record<Name, Node>>;

const hole = <const Name extends string>(name: Name, accepts: (node: Node) => boolean = () => true): Hole<Name> => ({
  kind: "hole",
  name,
  accepts,
});
const isScalar = (node: Node): boolean => node.type.dims.length === 0;
const isUniform = (node: Node): boolean => uniformValue(node) !== undefined;

/** Any value. */
export const [x, y, z, mask] = [hole("x"), hole("y"), hole("z"), hole("mask")];
/** A value of shape []: computed once, whatever it multiplies. */
export const r = hole("r", isScalar);
/** A constant whose elements are all equal. */
export const [c, d] = [hole("c", isUniform), hole("d", isUniform)];

const patternOf = (part: PatternPart): Pattern => (typeof part === "number" ? { kind: "literal", value: part } : part);

function application<Name extends string>(op: Op, parts: readonly PatternPart[]): Application<Name> {
  return { kind: "application", op, inputs: parts.map(patternOf), once: false, as: undefined };
}

const unary = (op: Op) => {
  return <A extends PatternPart>(a: A) => application<NamesIn<A>>(op, [a]);
};
const binary = (op: Op) => {
  return <A extends PatternPart, B extends PatternPart>(a: A, b: B) => application<NamesIn<A> | NamesIn<B>>(op, [a, b]);
};

export const neg = unary(ops.negOp);
export const abs = unary(ops.absOp);
export const relu = unary(ops.reluOp);
export const sqrt = unary(ops.sqrtOp);
export const exp = unary(ops.expOp);
export const log = unary(ops.logOp);
export const not = unary(ops.notOp);
export const add = binary(ops.addOp);
export const sub = binary(ops.subOp);
export const mul = binary(ops.mulOp);
export const div = binary(ops.divOp);
export const pow = binary(ops.powOp);
export const minimum = binary(ops.minimumOp);
export const maximum = binary(ops.maximumOp);
export const eq = binary(ops.eqOp);
export const ne = binary(ops.neOp);
export const and = binary(ops.andOp);
export const or = binary(ops.orOp);
export const sum = unary(ops.sumOp);
export const max = unary(ops.maxOp);
export const reshape = unary(ops.reshapeOp);
export const broadcast = unary(ops.broadcastOp);
export const transpose = unary(ops.transposeOp);
export const stopGradient = unary(ops.stopGradientOp);
export const oneHot = unary(ops.oneHotOp);

export function select<M extends PatternPart, A extends PatternPart, B extends PatternPart>(m: M, a: A, b: B) {
  return application<NamesIn<M> | NamesIn<A> | NamesIn<B>>(ops.selectOp, [m, a, b]);
}

/** The pattern, where nothing else reads the node: a rule that makes work of it elsewhere does not double that work. */
export const once = <Name extends string>(pattern: Application<Name>): Application<Name> => ({
  ...pattern,
  once: true,
});

/** The pattern, with the matched node itself bound to `as`: for the attributes of an inner node. */
export const named = <const As extends string, Name extends string>(as: As, pattern: Application<Name>) =>
  ({ ...pattern, as }) as Application<As | Name>;

/**
 * Matches a pattern at a node. `then` sees each way to bind the variables, until it gives a result.
 * A variable that stands twice binds one node, or two constants of one value.
 */
export function match<T>(
  pattern: Pattern,
  node: Node,
  readOnce: (node: Node) => boolean,
  bindings: Bindings,
  then: (bindings: Bindings) => T | undefined,
): T | undefined {
  if (pattern.kind === "literal") return Object.is(uniformValue(node), pattern.value) ? then(bindings) : undefined;
  if (pattern.kind === "hole") {
    const bound = bindings[pattern.name];
    if (bound !== undefined) return interchangeable(bound, node) ? then(bindings) : undefined;
    return pattern.accepts(node) ? then({ ...bindings, [pattern.name]: node }) : undefined;
  }
  if (node.op !== pattern.op || (pattern.once && !readOnce(node))) return undefined;
  const own = pattern.as === undefined ? bindings : { ...bindings, [pattern.as]: node };
  const matchInputs = (inputs: readonly Node[]) => {
    const from = (position: number, bound: Bindings): T | undefined => {
      if (position === inputs.length) return then(bound);
      return match(pattern.inputs[position]!, inputs[position]!, readOnce, bound, (more) => from(position + 1, more));
    };
    return from(0, own);
  };
  return matchInputs(node.inputs) ?? (node.op.commutative ? matchInputs([...node.inputs].reverse()) : undefined);
}

function interchangeable(a: Node, b: Node): boolean {
  if (a === b) return true;
  const value = uniformValue(a);
  return value !== undefined && Object.is(value, uniformValue(b)) && sameType(a.type, b.type);
}
