/**
 * The main job, whole: trains on Fisher's irises, judges by flowers held out, writes the bundle that ships, and classifies
 * a few flowers with it. Run by `npm start`; everything it writes goes to out/iris.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = "out/iris";

/** Shows the command as a user would type it, and runs it. */
function nabla(...args) {
  console.log(`\n$ nabla ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["dist/compiler/cli/main.js", ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

const model = "examples/iris/iris.model.ts";
nabla(
  ...["train", model, "--data", "examples/iris/iris.csv", "--test-split", "0.2"],
  ...["--epochs", "60", "--seed", "1", "--out", `${out}/iris.safetensors`, "--overwrite"],
);
nabla("build", model, "--weights", `${out}/iris.safetensors`, "--out-dir", out);

console.log(`\n$ node -e 'const { load } = await import("./${out}/iris.js"); ...'`);
const started = performance.now();
const { load } = await import(new URL(`../../${out}/iris.js`, import.meta.url).href);
const iris = await load();
console.log(`loaded in ${(performance.now() - started).toFixed(1)} ms`);

const flowers = [
  [5.1, 3.5, 1.4, 0.2],
  [6.0, 2.9, 4.5, 1.5],
  [6.3, 3.3, 6.0, 2.5],
];
const names = iris.manifest.outputs[0].labels ?? ["setosa", "versicolor", "virginica"];
for (const measurements of flowers) {
  const { logits } = iris.infer({ measurements });
  const likely = probabilities(logits);
  const best = likely.indexOf(Math.max(...likely));
  console.log(
    `  ${measurements.map((cm) => cm.toFixed(1)).join("  ")} cm  ->  ${names[best]}, ${(100 * likely[best]).toFixed(1)} %`,
  );
}

const measurements = Float32Array.from(flowers[0]);
const calls = 300_000;
for (let i = 0; i < calls; i++) iris.infer({ measurements });
const begun = performance.now();
for (let i = 0; i < calls; i++) iris.infer({ measurements });
const nanoseconds = ((performance.now() - begun) * 1e6) / calls;
const wasm = readFileSync(new URL(`../../${out}/iris.infer.wasm`, import.meta.url));
const js = readFileSync(new URL(`../../${out}/iris.js`, import.meta.url));
console.log(
  `one flower in ${nanoseconds.toFixed(0)} ns; ` +
    `${wasm.length} bytes of Wasm with the weights, loader ${gzipSync(js).length} bytes compressed`,
);

function probabilities(logits) {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (z) => Math.exp(z - largest));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}
