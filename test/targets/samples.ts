/**
 * Networks for the targets to agree on: iris, and one with layer normalisation, GELU, AdamW and a schedule, trained for a
 * few steps each.
 */

import { type Built, compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/dsl/model.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { load } from "../../runtime/load.ts";
import { elementCount, type Slot } from "../../runtime/section.ts";
import { networks } from "../hosts/networks.ts";

export interface Sample {
  readonly train: Built;
  /** With the weights of 20 steps. */
  readonly infer: Built;
}

export const STEPS = 20;

/** What is fed at each step, and then to `infer`: multiples of 1/8, and labels, of a full batch. */
export const columns = (slots: readonly Slot[], batch: number): Record<string, number[]> =>
  Object.fromEntries(slots.map((slot, i) => [slot.name, column(slot, batch * elementCount(slot.dims), i)]));

const column = ({ classes }: Slot, length: number, salt: number): number[] =>
  Array.from({ length }, (_, i) => (classes ? (i * 5 + salt) % classes : (((i + salt) * 37) % 61) / 8 - 2));

/** After init(seed), STEPS steps on `columns`. */
export async function trained(wasm: Uint8Array, seed: number) {
  const net = await load(wasm as BufferSource);
  const { inputs, targets, batch } = net.manifest;
  net.init(seed);
  for (let step = 0; step < STEPS; step++) net.step(columns(inputs, batch), columns(targets, batch));
  return net;
}

const sample = async (model: Model): Promise<Sample> => {
  const train = await compile(model);
  const { parameters } = await trained(train.wasm, 7);
  return { train, infer: await compile(model, { mode: "infer", weights: parameters }) };
};

export const samples = async (): Promise<Readonly<Record<string, Sample>>> => ({
  iris: await sample((await readModelFile("examples/iris/iris.model.ts")).model),
  gelu: await sample(networks["layer norm, gelu, adamw, cosine"]),
});

/** The bits of numbers of 4 bytes, in hexadecimal. */
export const bitsOf = (values: ArrayLike<number>): string[] =>
  Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits.toString(16).padStart(8, "0"));
