/**
 * What an op is: one record in one file. The DSL function, the reference page and the tests come from it; a missing
 * field is a type error.
 */
import type { Attrs, Node } from "../graph/node.ts";
import type { Origin } from "../graph/origin.ts";
import type { Dims, Type } from "../graph/types.ts";
import type { ElementBuilder, Expr, Index } from "../loop/kernel.ts";
import type { Maps } from "./contraction/maps.ts";

/**
 * How the stages may treat an op:
 * - leaf: no computation (input, state, const)
 * - elementwise: each element of the result from one element of each input, broadcast
 * - view: an index map; each element is one element of the input, or a constant
 * - source: each element from its index alone (random numbers, the counts of rows and of steps)
 * - reduction, contraction: a sum or maximum over axes; anchors of a loop nest
 */
export type OpKind = "leaf" | "elementwise" | "view" | "source" | "reduction" | "contraction";

/** Where a shape rule was asked, for its error. */
export interface At {
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly origin: Origin | undefined;
}

/** A value of the float64 interpreter; `dims` has "n" already replaced by the number of rows. */
export interface Value {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export interface ReferenceContext {
  readonly rows: number;
  readonly seed: number;
  readonly step: number;
}

/** Input shapes (and attributes) that the generated tests run an op at. */
export interface Sample {
  readonly shapes: Readonly<Record<string, Dims>>;
  readonly attrs?: Attrs;
  /** Keeps sampled values away from kinks and poles: x is drawn from [low, high]. */
  readonly range?: readonly [low: number, high: number];
}

/** A wrong use and the code of the error that it must give. */
export interface Reject {
  readonly shapes: Readonly<Record<string, Dims>>;
  readonly attrs?: Attrs;
  readonly code: string;
}

export interface Op<Name extends string = string> {
  readonly name: string;
  /** For the reference page: a line with the formula, shapes, special values, source. */
  readonly doc: string;
  readonly kind: OpKind;
  readonly inputs: readonly Name[];
  /** A view that memory gets all the same: one with elements that are none of its input, or in an order to be read often. */
  readonly stored?: boolean;
  /** Attributes that only repeat the result's type; the text form leaves them out. */
  readonly typed?: readonly ("dims" | "dtype")[];
  /** Derives the type or throws a diagnostic. */
  shape(inputs: Record<Name, Type>, attrs: Attrs, at: At): Type;
  /** Floating-point operations for `rows` rows. */
  flops(inputs: Record<Name, Type>, type: Type, rows: number, attrs: Attrs): number;
  /** Cotangents of the inputs from that of the result; an input left out gets none. "none" where nothing flows. */
  readonly adjoint: "none" | ((dy: Node, inputs: Record<Name, Node>, y: Node) => Partial<Record<Name, Node>>);
  /** Contractions and windows: the index maps of the operands and the result; a and b stand for the first and the second. */
  maps?(inputs: Record<Name, Type>, attrs: Attrs): Maps;
  /** The value in float64: the oracle. `dims` is the result's shape with rows filled in. */
  reference(
    inputs: Record<Name, Value>,
    dims: readonly number[],
    attrs: Attrs,
    context: ReferenceContext,
  ): Float64Array;
  /** The element of the result at an index, from elements of the inputs; "leaf" for those without computation. */
  readonly element:
    | "leaf"
    | ((build: ElementBuilder, inputs: Record<Name, ElementInput>, at: readonly Index[], node: Node) => Expr);
  readonly samples: readonly Sample[];
  readonly rejects: readonly Reject[];
}

/** An input as its user's `element` sees it. */
export interface ElementInput {
  readonly type: Type;
  /** The element at an index of the input's own rank. */
  at(index: readonly Index[]): Expr;
  /** The element that meets index `at` of a broadcast result. */
  broadcastAt(at: readonly Index[]): Expr;
}

/** Gives the record its type: inputs named once are known by name in every rule. */
export const defineOp = <const Name extends string>(op: Op<Name>): Op<Name> => op;
