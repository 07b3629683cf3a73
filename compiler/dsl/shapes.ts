/**
 * Shapes as types: what TypeScript can know of a model before it is built. Where an extent is not a literal it is
 * `number` and fits everything; the build checks it then.
 *
 *   Broadcast<[4, 3], [3]>    [4, 3]
 *   Drop<[28, 14], -1>        [28]
 *   Fits<[3], [4]>            ShapeError<"extents 3 and 4 differ">
 */

/** The shape of one example (or of a parameter); the rows of the batch are not written. */
export type Shape = readonly number[];

declare const reason: unique symbol;
/** What a wrong argument is asked to be as well, so that the editor shows the reason. */
export interface ShapeError<Reason extends string> {
  readonly [reason]: Reason;
}

/** Whether the type says nothing of how many axes there are. */
type Unranked<D extends Shape> = number extends D["length"] ? true : false;

/** `unknown`, which asks nothing, where the extents are equal or one is unknown; else the error. */
export type SameExtent<A extends number, B extends number> = number extends A
  ? unknown
  : number extends B
    ? unknown
    : [A] extends [B]
      ? unknown
      : ShapeError<`extents ${A} and ${B} differ`>;

/** One extent of a broadcast result; `never` where two do not fit. */
type Join<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : number extends A
      ? B
      : number extends B
        ? A
        : A extends B
          ? A
          : never;

/** The shape that two broadcast to, aligned at the last axis; an extent of 1 repeats. */
export type Broadcast<A extends Shape, B extends Shape> = [A, B] extends [B, A]
  ? A
  : true extends Unranked<A> | Unranked<B>
    ? number[]
    : A extends readonly [...infer HeadA extends Shape, infer LastA extends number]
      ? B extends readonly [...infer HeadB extends Shape, infer LastB extends number]
        ? [...Broadcast<HeadA, HeadB>, Join<LastA, LastB>]
        : A
      : B;

/** Asks nothing where the shapes broadcast together. */
export type Fits<A extends Shape, B extends Shape> = true extends Unranked<A> | Unranked<B>
  ? unknown
  : A extends readonly [...infer HeadA extends Shape, infer LastA extends number]
    ? B extends readonly [...infer HeadB extends Shape, infer LastB extends number]
      ? [Join<LastA, LastB>] extends [never]
        ? ShapeError<`extents ${LastA} and ${LastB} differ`>
        : Fits<HeadA, HeadB>
      : unknown
    : unknown;

/** Asks nothing where the shapes are the same: axis for axis, no stretching. */
export type SameShape<A extends Shape, B extends Shape> = true extends Unranked<A> | Unranked<B>
  ? unknown
  : A extends readonly [infer FirstA extends number, ...infer RestA extends Shape]
    ? B extends readonly [infer FirstB extends number, ...infer RestB extends Shape]
      ? unknown extends SameExtent<FirstA, FirstB>
        ? SameShape<RestA, RestB>
        : SameExtent<FirstA, FirstB>
      : ShapeError<`${A["length"]} axes are left where the other shape has ended`>
    : B extends readonly []
      ? unknown
      : ShapeError<`${B["length"]} axes are left where the other shape has ended`>;

/** Asks nothing of a shape with one axis. */
export type IsVector<D extends Shape> =
  Unranked<D> extends true
    ? unknown
    : D extends readonly [number]
      ? unknown
      : ShapeError<`one axis is expected, not ${D["length"]}`>;

export type Last<D extends Shape> = D extends readonly [...Shape, infer Extent extends number] ? Extent : number;

/** What a matrix shared by all rows (Rows false), or one of each row's own, asks of what it is multiplied with. */
export type FitsProduct<A extends Shape, B extends Shape, Rows extends boolean> = true extends Unranked<A> | Unranked<B>
  ? unknown
  : Rows extends false
    ? B extends readonly [infer L extends number, number]
      ? IsVector<A> & SameExtent<Last<A>, L>
      : ShapeError<`two axes are expected, not ${B["length"]}`>
    : [A, B] extends [
          readonly [...infer LeadA extends Shape, number, infer K extends number],
          readonly [...infer LeadB extends Shape, infer L extends number, number],
        ]
      ? SameShape<LeadA, LeadB> & SameExtent<K, L>
      : ShapeError<"two or more axes of each are expected">;

/** The shape of that product. */
export type Product<A extends Shape, B extends Shape, Rows extends boolean> = Rows extends false
  ? [Last<B>]
  : true extends Unranked<A> | Unranked<B>
    ? number[]
    : A extends readonly [...infer Lead extends Shape, infer M extends number, number]
      ? [...Lead, M, Last<B>]
      : number[];

/** Whether the axis with `Before` ahead of it is among `Axes`, counted from the front or, negative, from the back. */
type Among<Before extends Shape, AndAfter extends Shape, Axes extends number> = `${Before["length"]}` extends `${Axes}`
  ? true
  : `-${AndAfter["length"] & number}` extends `${Axes}`
    ? true
    : false;

/** The shape without the axes named; with `Keep` they stay with extent 1. */
export type Drop<D extends Shape, Axes extends number, Keep extends boolean = false> = true extends
  | Unranked<D>
  | (number extends Axes ? true : false)
  ? number[]
  : DropFrom<D, Axes, Keep, []>;

type DropFrom<D extends Shape, Axes extends number, Keep extends boolean, Before extends Shape> = D extends readonly [
  infer First extends number,
  ...infer After extends Shape,
]
  ? Among<Before, D, Axes> extends true
    ? [...(Keep extends true ? [1] : []), ...DropFrom<After, Axes, Keep, [...Before, First]>]
    : [First, ...DropFrom<After, Axes, Keep, [...Before, First]>]
  : [];

/** The extent of one axis, counted from the front or, negative, from the back. */
export type ExtentAt<D extends Shape, Axis extends number> = true extends
  | Unranked<D>
  | (number extends Axis ? true : false)
  ? number
  : ExtentFrom<D, Axis, []>;

type ExtentFrom<D extends Shape, Axis extends number, Before extends Shape> = D extends readonly [
  infer First extends number,
  ...infer After extends Shape,
]
  ? Among<Before, D, Axis> extends true
    ? First
    : ExtentFrom<After, Axis, [...Before, First]>
  : number;

/** Axis k of the result is axis Order[k] of D. */
export type Permute<D extends Shape, Order extends Shape> = true extends Unranked<D> | Unranked<Order>
  ? number[]
  : { -readonly [K in keyof Order]: D[Order[K] & keyof D] extends infer Extent extends number ? Extent : number };

/** The shape with its last two axes exchanged. */
export type SwapLast<D extends Shape> = D extends readonly [
  ...infer Head extends Shape,
  infer A extends number,
  infer B extends number,
]
  ? [...Head, B, A]
  : number[];
