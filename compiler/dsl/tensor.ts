/**
 * What the functions of a model file take and give. At run time each value is a node of the graph; in the editor it is
 * opaque and carries the shape of one example.
 *
 *   pixels: Tensor<[784]>          f32[n,784]   one row an example, n of them
 *   w: Parameter<[784, 128]>       f32[784,128] the same for all rows
 */
import { type CompileError, notATensor } from "../diagnostics.ts";
import type { NoAttrs } from "../graph/attributes.ts";
import type { Op } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { currentOrigin } from "../graph/origin.ts";
import { inputOp } from "../ops/leaf.ts";
import type { Shape } from "./shapes.ts";

declare const shape: unique symbol;
declare const perRow: unique symbol;
declare const trained: unique symbol;
declare const mask: unique symbol;
declare const classCount: unique symbol;

/** A value with one example of shape D a row; without rows (one value for the whole batch) where `Rows` is false. */
export interface Tensor<D extends Shape = Shape, Rows extends boolean = true> {
  readonly [shape]: D;
  readonly [perRow]: Rows;
}

/** A value that training moves, of shape D. */
export interface Parameter<D extends Shape = Shape> extends Tensor<D, false> {
  readonly [trained]: true;
}

/** One number for the whole batch, such as a loss. */
export type Scalar = Tensor<[], false>;

/** The result of a comparison: what `where` chooses by. */
export interface Mask<D extends Shape = Shape, Rows extends boolean = true> {
  readonly [mask]: D;
  readonly [perRow]: Rows;
}

/** Integers from 0 to Classes - 1: one a row, or a tensor of shape D. */
export interface Labels<Classes extends number = number, D extends Shape = []> {
  readonly [classCount]: Classes;
  readonly [shape]: D;
}

/** Rows where either has them. */
export type EitherRows<A extends boolean, B extends boolean> = A extends true ? true : B;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && "type" in value && "poisoned" in value;

/** The node behind a value. `call` names the function that was given it, for the error. */
export function nodeOf(value: unknown, call: string): Node {
  return isNode(value) ? value : refuse(notATensor({ op: call, inputs: [], origin: currentOrigin() }, value));
}

/** The value that a node stands for; the caller vouches for the type. */
export const asValue = <V>(node: Node): V => node as unknown as V;

/** Records the error and gives a node that silences what depends on it, so that the rest is checked in the same run. */
export const refuse = (error: CompileError): Node =>
  apply<NoAttrs>(
    {
      ...(inputOp as Op),
      name: "refused",
      attributes: {},
      shape() {
        throw error;
      },
    },
    [],
  );

export const hasRows = (node: Node): boolean => node.type.dims[0] === "n";

/** The shape of one example; that of a value without rows is its own. */
export const exampleDims = (node: Node): readonly number[] => node.type.dims.filter((dim) => dim !== "n");
