/**
 * The model: what the default export of a model file is.
 *
 *   export default model({
 *     inputs: { pixels: [784] },
 *     targets: { digit: classes(10) },
 *     batch: 32,
 *     forward({ pixels }) {
 *       const hidden = relu(dense(pixels, 128));
 *       return { logits: dense(hidden, 10) };
 *     },
 *     loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
 *     optimizer: adam({ rate: 1e-3 }),
 *   });
 *
 * Nothing runs yet; buildProgram calls forward and loss.
 */
import type { Budget } from "../budget.ts";
import { currentOrigin, type Origin } from "../graph/origin.ts";
import type { Optimizer } from "./optimizers.ts";
import type { Regularizer } from "./regularizers.ts";
import type { Shape } from "./shapes.ts";
import type { Labels, Scalar, Tensor } from "./tensor.ts";

/** A target of integer labels, 0 to count - 1, one a row. */
export interface ClassTarget<Count extends number = number> {
  readonly classes: Count;
}

/** Declares a target of integer labels, 0 to count - 1. One-hot encoding is the compiler's business. */
export const classes = <Count extends number>(count: Count): ClassTarget<Count> => ({ classes: count });

export type InputShapes = Readonly<Record<string, Shape>>;
export type TargetSpecs = Readonly<Record<string, Shape | ClassTarget>>;
export type Outputs = Readonly<Record<string, Tensor<Shape>>>;

/** What forward is given. */
export type InputValues<I extends InputShapes> = { readonly [K in keyof I]: Tensor<[...I[K]]> };

type TargetValue<T> = T extends ClassTarget<infer Count> ? Labels<Count> : T extends Shape ? Tensor<[...T]> : never;

/** What loss is given beside the outputs. */
export type TargetValues<T extends TargetSpecs> = { readonly [K in keyof T]: TargetValue<T[K]> };

export interface ModelSpec<I extends InputShapes, T extends TargetSpecs, O extends Outputs> {
  /** The shape of one example of each input; [] is one number. */
  readonly inputs: I;
  /** The shape of one example of each target, or classes(K). */
  readonly targets: T;
  /** The most rows that a call takes. Any count from 1 to it gives exact results. */
  readonly batch: number;
  /** The outputs by name, from the inputs. Creates the parameters. */
  forward(inputs: InputValues<I>): O;
  /** One number to minimise, the mean over the rows. The inputs are for terms that differentiate in them: `grad(u, x)`. */
  loss(outputs: O, targets: TargetValues<T>, inputs: InputValues<I>): Scalar;
  readonly optimizer: Optimizer;
  /** A penalty on every weight that has none of its own; biases are exempt. */
  readonly regularize?: Regularizer;
  /** What init draws from where the caller gives no seed: an integer from 0 to 2^32 - 1; 0 unless said. */
  readonly seed?: number;
  /** The most that its inference module may cost: bytes of the module and of its memory, FLOPs of a row. */
  readonly budget?: Budget;
}

export interface Model<
  I extends InputShapes = InputShapes,
  T extends TargetSpecs = TargetSpecs,
  O extends Outputs = Outputs,
> {
  readonly kind: "nabla/model";
  readonly spec: ModelSpec<I, T, O>;
  /** Where model({...}) stands in the model file. */
  readonly origin: Origin | undefined;
}

/** Describes a model. */
export function model<const I extends InputShapes, const T extends TargetSpecs, O extends Outputs>(
  spec: ModelSpec<I, T, O>,
): Model<I, T, O> {
  return { kind: "nabla/model", spec, origin: currentOrigin() };
}

/** Whether a value, such as the default export of a file, is a model. */
export const isModel = (value: unknown): value is Model =>
  typeof value === "object" && value !== null && (value as Partial<Model>).kind === "nabla/model";
