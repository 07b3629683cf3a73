/**
 * Handwritten digits: trains on the MNIST files that you name, builds the bundle and reads a few digits with it.
 *
 *   node examples/digits/start.mjs t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz [epochs] [folder]
 *
 * The files are IDX, gzipped or not, from MNIST or anything in its form; the last 15 % of the rows are held out.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, readDataset, readModelFile, trainModel } from "nabla/compiler";
import { load } from "nabla/runtime";

const [images, labels, epochs = "10", folder = "out/digits"] = process.argv.slice(2);
if (labels === undefined) {
  console.error("usage: node examples/digits/start.mjs IMAGES LABELS [epochs] [folder]\n");
  console.error(
    "IMAGES and LABELS are MNIST's IDX files, such as t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz.",
  );
  process.exit(2);
}

const { rows, fields } = await readDataset({
  files: [`pixels=${images}`, `digit=${labels}`],
  fields: [
    { name: "pixels", kind: "input", dims: [784], dtype: "float" },
    { name: "digit", kind: "target", dims: [], classes: 10, dtype: "int" },
  ],
}).catch(explain);
const split = Math.floor(rows * 0.85);
const part = (from, to) => ({
  inputs: { pixels: fields.pixels.data.subarray(784 * from, 784 * to) },
  targets: { digit: fields.digit.data.subarray(from, to) },
});
console.log(`${rows} digits: ${split} to train, ${rows - split} to test`);

const { model } = await readModelFile(fileURLToPath(new URL("digits.model.ts", import.meta.url)));
const started = performance.now();
const trained = await trainModel({
  model,
  data: part(0, split),
  test: part(split, rows),
  epochs: Number(epochs),
  seed: 1,
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch + 1}  loss ${loss.toFixed(4)}`),
});
const seconds = (performance.now() - started) / 1000;
console.log(`test accuracy ${(100 * trained.test.accuracy).toFixed(1)} %, after ${seconds.toFixed(1)} s`);

const built = await compile(model, { mode: "infer", name: "digits", weights: trained.net.parameters });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/digits.infer.wasm`, built.wasm);
writeFileSync(`${folder}/digits.js`, built.js);
writeFileSync(`${folder}/digits.d.ts`, built.dts);
console.log(
  `${folder}/digits.infer.wasm: ${built.wasm.length} bytes, ${built.manifest.bytes.weights} of them weights\n`,
);

const shipped = await load(built.wasm);
for (const row of [split, split + 1, split + 2]) {
  const pixels = fields.pixels.data.subarray(784 * row, 784 * (row + 1));
  const { logits } = shipped.infer({ pixels });
  console.log(drawing(pixels));
  console.log(`read as ${logits.indexOf(Math.max(...logits))}, labelled ${fields.digit.data[row]}\n`);
}

/** Two rows of pixels a line of text. */
function drawing(pixels) {
  const dark = (x, y) => pixels[28 * y + x] > 100;
  const cell = (x, y) => [" ", "▄", "▀", "█"][2 * dark(x, y) + dark(x, y + 1)];
  const line = (y) => Array.from({ length: 28 }, (_, x) => cell(x, y)).join("");
  return Array.from({ length: 14 }, (_, i) => line(2 * i)).join("\n");
}

function explain(error) {
  console.error(error.message);
  process.exit(1);
}
