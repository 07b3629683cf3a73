/** Types of losses: a target that does not fit the prediction is red in the editor. */
import {
  add,
  huber,
  type Labels,
  mul,
  type Parameter,
  type Scalar,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Tensor,
} from "nabla";
import { expectTypeOf, test } from "vitest";

declare const three: Tensor<[3]>;
declare const some: Tensor<[number]>;
declare const any: Tensor<number[]>;
declare const image: Tensor<[28, 14]>;
declare const digit: Labels<3>;
declare const many: Labels<number>;

test("softmaxCrossEntropy takes labels or a probability for each class", () => {
  expectTypeOf(softmaxCrossEntropy(three, digit)).toEqualTypeOf<Scalar>();
  expectTypeOf(softmaxCrossEntropy(three, three, { labelSmoothing: 0.1 })).toEqualTypeOf<Scalar>();
  expectTypeOf(softmaxCrossEntropy(some, digit, { classWeights: [1, 2, 3] })).toEqualTypeOf<Scalar>();
  expectTypeOf(softmaxCrossEntropy(any, many)).toEqualTypeOf<Scalar>();
  // @ts-expect-error: 3 logits against 4 classes
  softmaxCrossEntropy(three, {} as Labels<4>);
  // @ts-expect-error: 3 logits against 4 probabilities
  softmaxCrossEntropy(three, {} as Tensor<[4]>);
  // @ts-expect-error: 3 logits against one number
  softmaxCrossEntropy(three, {} as Tensor<[]>);
  // @ts-expect-error: a target belongs to a row
  softmaxCrossEntropy(three, {} as Parameter<[3]>);
  // @ts-expect-error: one vector of logits a row
  softmaxCrossEntropy(image, image);
  // @ts-expect-error: there is no such option
  softmaxCrossEntropy(three, digit, { smoothing: 0.1 });
});

test("the others want the same shape", () => {
  expectTypeOf(huber(image, image, 0.5)).toEqualTypeOf<Scalar>();
  expectTypeOf(sigmoidCrossEntropy(three, three)).toEqualTypeOf<Scalar>();
  // @ts-expect-error: [3] and [1]
  huber(three, {} as Tensor<[1]>);
  // @ts-expect-error: labels exclude each other
  sigmoidCrossEntropy(three, digit);
});

test("losses are numbers to add up", () => {
  expectTypeOf(add(softmaxCrossEntropy(three, digit), mul(0.5, huber(three, three)))).toEqualTypeOf<Scalar>();
});
