/**
 * Two interleaved spirals: makes the points, trains, and draws what the network learnt about every point of the plane.
 *
 *   node examples/spirals/start.mjs [epochs] [folder]       writes boundary.png, spirals.infer.wasm, spirals.js, spirals.d.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, readModelFile, trainModel } from "nabla/compiler";
import { load } from "nabla/runtime";
import { PNG } from "pngjs";

const epochs = Number(process.argv[2] ?? 150);
const folder = process.argv[3] ?? "out/spirals";
const { points, labels } = twoSpirals(400);
const { model } = await readModelFile(fileURLToPath(new URL("spirals.model.ts", import.meta.url)));
const data = { inputs: { point: points }, targets: { spiral: labels } };

const trained = await trainModel({
  model,
  data,
  testSplit: 0.2,
  epochs,
  seed: 1,
  onEpoch({ epoch, loss }) {
    if ((epoch + 1) % Math.ceil(epochs / 10) === 0) console.log(`epoch ${epoch + 1}  loss ${loss.toFixed(4)}`);
  },
});

const test = trained.data.test;
const right = [...trained.net.infer(test.inputs).score].filter(
  (score, i) => score > 0 === test.targets.spiral[i] > 0.5,
);
console.log(`${right.length} of ${test.rows} points held out are on the right side`);

const shipped = await compile(model, { mode: "infer", name: "spirals", weights: trained.net.parameters });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/spirals.infer.wasm`, shipped.wasm);
writeFileSync(`${folder}/spirals.js`, shipped.js);
writeFileSync(`${folder}/spirals.d.ts`, shipped.dts);
writeFileSync(`${folder}/boundary.png`, picture(await load(shipped.wasm)));
console.log(`${folder}/spirals.infer.wasm has ${shipped.wasm.length} bytes; ${folder}/boundary.png shows the boundary`);

/** Points on two arms, a little off them; coordinates within [-1, 1], labels 0 and 1. */
function twoSpirals(count) {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const points = new Float32Array(2 * count);
  const labels = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const arm = i % 2;
    const turn = 0.15 + 0.85 * random();
    const angle = turn * 3.5 * Math.PI + arm * Math.PI;
    points[2 * i] = turn * Math.cos(angle) + 0.04 * (random() - 0.5);
    points[2 * i + 1] = turn * Math.sin(angle) + 0.04 * (random() - 0.5);
    labels[i] = arm;
  }
  return { points, labels };
}

/** The plane coloured by probability, the points on top. */
function picture(net) {
  const size = 400;
  const png = new PNG({ width: size, height: size });
  const paint = (x, y, [red, green, blue]) => png.data.set([red, green, blue, 255], 4 * (y * size + x));
  const [one, other] = [
    [214, 96, 77],
    [67, 147, 195],
  ];
  const at = (pixel) => (2.2 * pixel) / (size - 1) - 1.1;
  const grid = Float32Array.from({ length: 2 * size * size }, (_, i) =>
    i % 2 === 0 ? at((i >> 1) % size) : -at(Math.floor((i >> 1) / size)),
  );
  net.infer({ point: grid }).score.forEach((score, i) => {
    const p = 1 / (1 + Math.exp(-score));
    const pale = [0, 1, 2].map((c) => Math.round(255 - 0.55 * (255 - (p * other[c] + (1 - p) * one[c]))));
    paint(i % size, Math.floor(i / size), pale);
  });
  labels.forEach((label, i) => {
    const [x, y] = [points[2 * i], -points[2 * i + 1]].map((v) => Math.round(((v + 1.1) / 2.2) * (size - 1)));
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        if (dx * dx + dy * dy <= 5)
          paint(x + dx, y + dy, label > 0.5 ? other.map((c) => c * 0.7) : one.map((c) => c * 0.7));
  });
  return PNG.sync.write(png);
}
