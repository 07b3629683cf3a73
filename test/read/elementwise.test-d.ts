import { expectTypeOf, test } from "vitest";
import { elementwise } from "../../compiler/dsl/elementwise.ts";
import type { Parameter, Tensor } from "../../compiler/dsl/tensor.ts";

const swish = elementwise((x: number, beta: number) => x / (1 + Math.exp(-beta * x)));
declare const pixels: Tensor<[28, 14]>;
declare const beta: Parameter<[14]>;

test("the result has the shape that the arguments broadcast to, and rows where one of them has", () => {
  expectTypeOf(swish(pixels, 1.5)).toEqualTypeOf<Tensor<[28, 14], true>>();
  expectTypeOf(swish(pixels, beta)).toEqualTypeOf<Tensor<[28, 14], true>>();
  expectTypeOf(swish(beta, pixels)).toEqualTypeOf<Tensor<[28, 14], true>>();
  expectTypeOf(swish(beta, 2)).toEqualTypeOf<Tensor<[14], false>>();
});

test("as many arguments as the formula has parameters, tensors or numbers", () => {
  // @ts-expect-error one is missing
  swish(pixels);
  // @ts-expect-error one too many
  swish(pixels, 1, 2);
  // @ts-expect-error a string is neither
  swish(pixels, "1");
});

test("a formula takes and gives numbers", () => {
  // @ts-expect-error a parameter that is a string
  elementwise((x: string) => x.length);
  // @ts-expect-error a result that is a boolean
  elementwise((x: number) => x > 0);
});
