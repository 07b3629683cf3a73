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
import { show } from "../../runtime/kinds.ts";
import { currentOrigin, type Origin } from "../graph/origin.ts";
import type { Regularizer } from "./build.ts";
import type { Optimizer } from "./optimizers.ts";
import {
  checkedByCall,
  count,
  type Declared,
  hasMethod,
  inRange,
  optionKind,
  positive,
  settle,
  thing,
} from "./options.ts";
import { callOf } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import type { Labels, Scalar, Tensor } from "./tensor.ts";

/** An input or target of integer labels, 0 to count - 1: one a row, or so many as its shape says. */
export interface ClassField<Count extends number = number, D extends Shape = []> {
  readonly classes: Count;
  readonly dims?: D;
}

/**
 * Declares an input or target of integer labels, 0 to count - 1; where the data has names, they become labels. One a row unless
 * `dims`, the shape of one example, says otherwise: classes(5000, [12]) are twelve words of 5,000. Of a target the one-hot
 * encoding is the compiler's business, of an input it is `oneHot`, or `embedding`.
 */
export const classes: Classes = (count: number, dims?: Shape) => ({ classes: count, ...(dims && { dims }) }) as never;

interface Classes {
  <Count extends number>(count: Count): ClassField<Count, []>;
  <Count extends number, const D extends Shape>(count: Count, dims: D): ClassField<Count, [...D]>;
}

export type FieldSpecs = Readonly<Record<string, Shape | ClassField<number, Shape>>>;
export type Outputs = Readonly<Record<string, Tensor<Shape>>>;

type FieldValue<T> =
  T extends ClassField<infer Count, infer D> ? Labels<Count, [...D]> : T extends Shape ? Tensor<[...T]> : never;

/** What forward is given of the inputs, and loss of the targets. */
export type FieldValues<T extends FieldSpecs> = { readonly [K in keyof T]: FieldValue<T[K]> };

/** The most that an inference module of f32 may have (f64 is for proofs); what is left out is not limited. */
export interface Budget {
  /** Bytes of the module, weights included; of the larger one where there is one with relaxed SIMD. */
  readonly wasm?: number;
  /** Bytes of its memory, which is a whole number of pages of 64 KiB. */
  readonly memory?: number;
  /** Floating-point operations of one row. */
  readonly flops?: number;
}

const budgetOptions = {
  wasm: positive.optional,
  memory: positive.optional,
  flops: positive.optional,
} satisfies Declared<Budget>;

export const budgetKeys = Object.keys(budgetOptions) as (keyof Budget)[];

export interface ModelSpec<I extends FieldSpecs, T extends FieldSpecs, O extends Outputs> {
  /** The shape of one example of each input, [] for one number, or classes(K). */
  readonly inputs: I;
  /** The shape of one example of each target, or classes(K). */
  readonly targets: T;
  /** The most rows that a call takes. Any count from 1 to it gives exact results. */
  readonly batch: number;
  /** The outputs by name, from the inputs. Creates the parameters. */
  forward(inputs: FieldValues<I>): O;
  /** One number to minimise, the mean over the rows. The inputs are for terms that differentiate in them: `grad(u, x)`. */
  loss(outputs: O, targets: FieldValues<T>, inputs: FieldValues<I>): Scalar;
  readonly optimizer: Optimizer;
  /** A penalty on every weight that has none of its own; biases are exempt. */
  readonly regularize?: Regularizer;
  /** What init draws from where the caller gives no seed: an integer from 0 to 2^32 - 1; 0 unless said. */
  readonly seed?: number;
  /** The most that its inference module may cost: bytes of the module and of its memory, FLOPs of a row. */
  readonly budget?: Budget;
  /** The least share of right answers, above 0 and at most 1, on rows held out of training; a training that misses it fails. */
  readonly accuracy?: number;
}

/** What makes no model runnable, the caller asks for: fields that are objects, and functions. */
const structure = checkedByCall<never>();

export const specOptions = {
  inputs: structure,
  targets: structure,
  batch: count,
  forward: structure,
  loss: structure,
  optimizer: thing<Optimizer>("an optimiser, such as adam()", (value) => hasMethod(value, "update")),
  regularize: thing<Regularizer>("l1 or l2", (value) => hasMethod(value, "penalty")).optional,
  seed: inRange("an integer from 0 to 2^32 - 1", (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).or(0),
  budget: optionKind<Budget>((_call, _name, value) => {
    settle(callOf("model.budget"), budgetOptions, value as object);
    return true;
  }).optional,
  accuracy: inRange("a number above 0 and at most 1", (accuracy) => accuracy > 0 && accuracy <= 1).optional,
} satisfies Declared<ModelSpec<never, never, never>>;

export interface Model<
  I extends FieldSpecs = FieldSpecs,
  T extends FieldSpecs = FieldSpecs,
  O extends Outputs = Outputs,
> {
  readonly kind: "nabla/model";
  readonly spec: ModelSpec<I, T, O>;
  /** Where model({...}) stands in the model file. */
  readonly origin: Origin | undefined;
}

/** Describes a model. */
export function model<const I extends FieldSpecs, const T extends FieldSpecs, O extends Outputs>(
  spec: ModelSpec<I, T, O>,
): Model<I, T, O> {
  return { kind: "nabla/model", spec, origin: currentOrigin() };
}

/** Whether a value, such as the default export of a file, is a model. */
export const isModel = (value: unknown): value is Model =>
  typeof value === "object" && value !== null && (value as Partial<Model>).kind === "nabla/model";

/** Throws where a public function was given something else: callers may be JavaScript. */
export function requireModel(call: string, value: unknown): void {
  if (!isModel(value)) throw new TypeError(`${call}: expected a model, what model({ ... }) gives, got ${show(value)}`);
}
