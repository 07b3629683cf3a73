/** The same training with inputs as they are and standardised; and what the inference module is shipped with. */
import { fileURLToPath } from "node:url";
import { compile, readModelFile, trainModel } from "nabla/compiler";
import { load } from "nabla/runtime";
import { evenly } from "../lib/random.mjs";

/** A period and a half over the range. */
export const target = (x) => Math.sin(15 * Math.PI * (x - 100));
export const x = Float32Array.from(evenly(256, 99.9, 100.1));

/** Trains both for `epochs`: the losses, and what the net and its inference module say of x in the end. */
export async function trainBoth(epochs) {
  const { model, exports } = await readModelFile(fileURLToPath(new URL("standardisation.model.ts", import.meta.url)));
  return { raw: await fit(exports.raw, epochs), standardised: await fit(model, epochs) };
}

async function fit(model, epochs) {
  const data = { inputs: { x }, targets: { wanted: x.map(target) } };
  const { net, history } = await trainModel({ model, data, epochs, seed: 1 });
  const losses = history.map(({ validation }) => validation.loss);
  // The inference module by itself: whatever it knows of mean and deviation is inside.
  const { wasm } = await compile(model, { mode: "infer", weights: net.parameters });
  const shipped = (await load(wasm)).infer({ x }).y;
  return { net, losses, fitted: net.infer({ x }).y, wasm, shipped };
}
