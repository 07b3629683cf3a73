/**
 * The types of the tensor IR, which speak of each other: a node applies an op, an op's rules speak of nodes, a graph has nodes,
 * and the op of a loop has a graph. What is done with them stands in node.ts, graph.ts and body.ts.
 *
 * An op is one record in one file (see ops/). The DSL function, the reference page and the tests come from it; a missing field
 * is a type error.
 */
import type { Affine, ElementBuilder, Expr, Index } from "../loop/kernel.ts";
import type { AttrKinds, Attrs, AttrsOf, NoAttrs } from "./attributes.ts";
import type { Origin } from "./origin.ts";
import type { Region } from "./region.ts";
import type { Dims, Type } from "./types.ts";

/**
 * How the stages may treat an op:
 * - leaf: no computation (input, state, const)
 * - elementwise: each element of the result from one element of each input, broadcast
 * - view: an index map; each element is one element of the input, or a constant
 * - source: each element from its index alone (random numbers, the counts of rows and of steps)
 * - reduction, contraction: a sum or maximum over axes; anchors of a loop nest
 * - scatter: points that are added up where labels say; an anchor, no point of which is finished before all are
 * - loop: a graph that runs again and again (`body`)
 */
export type OpKind = "leaf" | "elementwise" | "view" | "source" | "reduction" | "contraction" | "scatter" | "loop";

export interface Node {
  /** Grows with creation: an input's id is always smaller, so ascending ids are a topological order. */
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  readonly type: Type;
  readonly origin: Origin | undefined;
  readonly region: Region;
  /** Set where a shape rule failed: errors downstream of it would only repeat it, so they are not reported. */
  readonly poisoned: boolean;
  /** What `a + b` asks of an object; without it, the sum would be text. */
  readonly [Symbol.toPrimitive]: (hint: string) => string;
}

/** A node of an op that declares `D`. */
export type NodeOf<D> = Omit<Node, "attrs"> & { readonly attrs: AttrsOf<D> };

export interface Graph {
  readonly name: string;
  /** Leaves that the caller fills, in the order of the signature, also those that nothing reads. */
  readonly inputs: readonly Node[];
  /** Leaves that live from call to call: parameters, optimiser state, the step counter. */
  readonly states: readonly Node[];
  readonly outputs: readonly Output[];
  /** New values of states, all computed from the old ones and written together at the end. */
  readonly updates: readonly Update[];
  /** What lies in panels of so many columns (see layout/panels.ts): states and copies; all else lies row by row. */
  readonly panels?: ReadonlyMap<Node, number>;
}

export interface Output {
  readonly name: string;
  readonly node: Node;
}

export interface Update {
  readonly state: Node;
  readonly value: Node;
}

/** What a loop runs at each turn (see body.ts). */
export interface Body {
  /** Each state has one update, in their order. */
  readonly graph: Graph;
  /** So many of its inputs, the first ones, are elements of what the loop goes along; the others are the same in each turn. */
  readonly elements: number;
  readonly extent: number;
  /** From the last element to the first. */
  readonly backwards: boolean;
}

/** Where a shape rule was asked, for its error. */
export interface At {
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly origin: Origin | undefined;
}

/** A value and the cotangent that it is given. */
export interface Seed {
  readonly of: Node;
  readonly cotangent: Node;
}

/**
 * The cotangents of `withRespectTo` from those of several values, simplified; what `primal` reaches stays as it is. The rule of
 * an op with a body asks for it.
 */
export type Differentiate = (
  seeds: readonly Seed[],
  withRespectTo: readonly Node[],
  primal: readonly Node[],
) => readonly (Node | undefined)[];

/** A value of the float64 interpreter; `dims` has "n" already replaced by the number of rows. */
export interface Value {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export interface ReferenceContext {
  readonly rows: number;
  readonly seed: number;
  readonly step: number;
  /** Of the interpreter, for ops that call it. */
  readonly round?: ((value: number) => number) | undefined;
}

/** Input shapes (and attributes) that the generated tests run an op at. */
export interface Sample {
  readonly shapes: Readonly<Record<string, Dims>>;
  readonly attrs?: Attrs;
  /** Keeps sampled values away from kinks and poles: x is drawn from [low, high]. */
  readonly range?: readonly [low: number, high: number];
  /** Inputs that are i32, beside those that `labels` of the op has. */
  readonly integers?: readonly string[];
}

/** A wrong use and the code of the error that it must give. */
export interface Reject {
  readonly shapes: Readonly<Record<string, Dims>>;
  readonly attrs?: Attrs;
  readonly code: string;
}

/**
 * How the lanes compute an op:
 * - exact: they move numbers, or do one operation that IEEE 754 rounds correctly, so that the compiler gets the same bits
 * - rounded: several roundings, or bits that depend on an order
 * - helper: a function of runtime/wasm, which is inlined wherever it is called
 */
export type Method = "exact" | "rounded" | "helper";

/** What the stages know of an op beside its rules. One left out is not known to hold, which costs speed and nothing else. */
export interface Facts<Name extends string = string> {
  readonly method: Method;
  /** Its two inputs may be swapped without changing a bit (but the payload of a NaN, which nothing observes). */
  readonly commutative?: boolean;
  /** FLOPs of an elementwise op count as arithmetic in place of activations. */
  readonly arithmetic?: boolean;
  /** Between which numbers the result lies, ends included, whatever it is of. */
  readonly image?: readonly [low: number, high: number];
  /** The result is neither infinite nor NaN for any numbers, as long as nothing overflows. */
  readonly total?: boolean;
  /** The inputs that are masks, and whether the result is one. */
  readonly masks?: { readonly inputs?: readonly Name[]; readonly result?: boolean };
  /**
   * What the partial derivatives are: numbers, constant in pieces; something that tends to 0 far out, where 0 must not meet an
   * infinity; or something that does neither.
   */
  readonly slopes?: "constant" | "vanishing" | "lasting";
}

/** Asks only for what nodes of its op have, so that an op of any declaration is an `Op`. */
type Rule<Arguments extends unknown[], Result> = { rule(...given: Arguments): Result }["rule"];

export interface Op<Name extends string = string, D extends AttrKinds = AttrKinds> extends Facts<Name> {
  readonly name: string;
  /** For the reference page: a line with the formula, shapes, special values, source. */
  readonly doc: string;
  readonly kind: OpKind;
  readonly inputs: readonly Name[];
  /** A view that memory gets all the same: one with elements that are none of its input, or in an order to be read often. */
  readonly stored?: boolean;
  /** None unless said. */
  readonly attributes?: D;
  /** The inputs that are labels, of i32, and how many classes they have at most. */
  readonly labels?: { readonly [K in Name]?: Rule<[inputs: Record<Name, Type>, attrs: AttrsOf<D>], number> };
  /** The result is labels, of i32, of so many classes: integers from 0 to one less. The verifier of loops proves it. */
  classes?(inputs: Record<Name, Type>, attrs: AttrsOf<D>): number;
  /** Inputs that memory has, since an element is read at a place that is known only when called. */
  readonly inMemory?: readonly Name[];
  /** Loops: what runs at each turn. Such an op is made for its body, and in no table. */
  readonly body?: Body;
  /** Derives the type or throws a diagnostic. */
  shape(inputs: Record<Name, Type>, attrs: AttrsOf<D>, at: At): Type;
  /** Floating-point operations for `rows` rows. */
  flops(inputs: Record<Name, Type>, type: Type, rows: number, attrs: AttrsOf<D>): number;
  /** Cotangents of the inputs from that of the result; an input left out gets none. "none" where nothing flows. */
  readonly adjoint:
    | "none"
    | Rule<
        [dy: Node, inputs: Record<Name, Node>, y: NodeOf<D>, differentiate: Differentiate],
        Partial<Record<Name, Node>>
      >;
  /** Contractions and windows: the index maps of the operands and the result; a and b stand for the first and the second. */
  maps?(inputs: Record<Name, Type>, attrs: AttrsOf<D>): Maps;
  /** The value in float64: the oracle. `dims` is the result's shape with rows filled in. */
  reference(
    inputs: Record<Name, Value>,
    dims: readonly number[],
    attrs: AttrsOf<D>,
    context: ReferenceContext,
  ): Float64Array;
  /** The element of the result at an index, from elements of the inputs; "leaf" for those without computation. */
  readonly element:
    | "leaf"
    | Scatter<Name>
    | Rule<[build: ElementBuilder, inputs: Record<Name, ElementInput>, at: readonly Index[], node: NodeOf<D>], Expr>;
  readonly samples: readonly Sample[];
  readonly rejects: readonly Reject[];
}

/** The index maps of a contraction, an affine sum of loop axes for each axis of its operands and of its result (see ops/contraction). */
export interface Maps {
  readonly a: readonly Affine[];
  readonly b: readonly Affine[];
  readonly y: readonly Affine[];
}

/** A result that is a sum over points, each of which adds to one element; in the order of the points, from 0 on. */
export interface Scatter<Name extends string = string> {
  /** The extents of the points. */
  points(inputs: Record<Name, Type>): Dims;
  /** Where the point at an index adds, and what. */
  add(
    inputs: Record<Name, ElementInput>,
    at: readonly Index[],
  ): { readonly to: readonly Index[]; readonly value: Expr };
}

/** An input as its user's `element` sees it. */
export interface ElementInput {
  readonly type: Type;
  /** A label, as a number that indices are made of. */
  labelAt(index: readonly Index[]): Index;
  /** The element at an index of the input's own rank. */
  at(index: readonly Index[]): Expr;
  /** The element that meets index `at` of a broadcast result. */
  broadcastAt(at: readonly Index[]): Expr;
}

/** Of a leaf or a source. */
export const noInputs: readonly never[] = [];

/** Gives the record its type: inputs named once are known by name in every rule. */
export const defineOp = <const Name extends string, D extends AttrKinds = NoAttrs>(op: Op<Name, D>): Op<Name, D> => op;
