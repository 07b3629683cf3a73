/** What PyTorch computed for whole networks: twenty steps of three optimisers, in files beside the tests of test/models. */
import { readFileSync } from "node:fs";
import { adam, momentum, sgd } from "nabla";
import { expect } from "vitest";
import { decodeSafetensors } from "../../compiler/data/safetensors.ts";

/** Reads the numbers of a network by their name. */
export function pytorchNumbers(network: string): (name: string) => number[] {
  const { tensors } = decodeSafetensors(readFileSync(new URL(`../models/${network}.safetensors`, import.meta.url)));
  return (name) => [...tensors.get(name)!.data];
}

/** As they were set in PyTorch. */
export const optimizers = {
  sgd: sgd({ rate: 0.05 }),
  momentum: momentum({ rate: 0.02, momentum: 0.9 }),
  adam: adam({ rate: 0.01 }),
};

export type OptimizerName = keyof typeof optimizers;

/** `drift`: the largest difference of a parameter that f32 brings in twenty steps, as measured in PyTorch. */
export const toleranceOf =
  (dtype: "f32" | "f64", drift: number) =>
  (value: number): number =>
    dtype === "f64" ? 1e-11 + 1e-10 * Math.abs(value) : Math.max(5e-6, 8 * drift);

/** How far an inference module may be from its training module. */
export const roundingOf =
  (dtype: "f32" | "f64") =>
  (value: number): number =>
    (dtype === "f32" ? 1e-6 : 1e-14) * (1 + Math.abs(value));

export function expectNear(
  what: string,
  got: ArrayLike<number>,
  want: readonly number[],
  allowed: (value: number) => number,
): void {
  expect(got.length, what).toBe(want.length);
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value), `${what}[${i}]: ${got[i]}, not ${value}`).toBeLessThanOrEqual(allowed(value));
  });
}
