/** Types of activations: shapes and rows pass through unchanged. */
import { gelu, logSoftmax, mish, type Parameter, prelu, softmax, swish, type Tensor } from "nabla";
import { expectTypeOf, test } from "vitest";

declare const three: Tensor<[3]>;
declare const image: Tensor<[28, 14]>;
declare const weight: Parameter<[3, 5]>;
declare const one: Tensor<[]>;
declare const any: Tensor<number[]>;

test("activations keep the shape", () => {
  expectTypeOf(mish(three)).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(gelu(image, { approximate: "tanh" })).toEqualTypeOf<Tensor<[28, 14]>>();
  expectTypeOf(softmax(image)).toEqualTypeOf<Tensor<[28, 14]>>();
  expectTypeOf(logSoftmax(weight)).toEqualTypeOf<Tensor<[3, 5], false>>();
  expectTypeOf(softmax(any)).toEqualTypeOf<Tensor<number[]>>();
  // @ts-expect-error: one number a row has no axis of its own
  softmax(one);
  // @ts-expect-error: there are two forms
  gelu(three, { approximate: "erf" });
});

test("learnable activations take their own options", () => {
  expectTypeOf(prelu(three, { per: "unit", slope: 0.1 })).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(swish(image, { beta: 1.5, regularize: false, name: "gate" })).toEqualTypeOf<Tensor<[28, 14]>>();
  // @ts-expect-error: swish has a beta, prelu the slope
  swish(three, { slope: 0.1 });
  // @ts-expect-error: per layer or per unit
  prelu(three, { per: "channel" });
});
