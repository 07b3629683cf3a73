/** Badly scaled inputs, with batch normalisation and without. */
import { fileURLToPath } from "node:url";
import { compile, readModelFile } from "nabla/compiler";
import { load } from "nabla/runtime";
import { trainFamily } from "../lib/family.mjs";
import { generator } from "../lib/random.mjs";

const file = fileURLToPath(new URL("batch-norm.model.ts", import.meta.url));

const scales = [1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3];

/** Every feature counts as much as any other: wanted = sin of the sum of the features, each divided by its scale, / 2. */
export function badlyScaled(count, seed) {
  const random = generator(seed);
  const features = new Float64Array(count * scales.length);
  const wanted = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const plain = scales.map(() => random.normal());
    features.set(
      plain.map((value, i) => value * scales[i]),
      row * scales.length,
    );
    wanted[row] = Math.sin(plain.reduce((sum, value) => sum + value, 0) / 2);
  }
  return { inputs: { features }, targets: { wanted } };
}

const test = badlyScaled(512, 2);

/** The runs by place: "nowhere", "hidden", "inputs". */
export async function comparePlaces({ epochs, seed }) {
  const { exports } = await readModelFile(file);
  const variants = Object.fromEntries(
    ["nowhere", "hidden", "inputs"].map((place) => [place, exports.withBatchNorm(place)]),
  );
  return trainFamily(variants, { data: badlyScaled(1024, 1), test, epochs, seed });
}

/** How far the outputs of the inference module, which has the moving averages folded in, are off those of training's. */
export async function shippedDifference(place, net) {
  const { exports } = await readModelFile(file);
  const { wasm } = await compile(exports.withBatchNorm(place), { mode: "infer", weights: net.parameters });
  const shipped = await load(wasm);
  const [ours, theirs] = [shipped.infer(test.inputs).y, net.infer(test.inputs).y];
  return Math.max(...ours.map((y, i) => Math.abs(y - theirs[i])));
}
