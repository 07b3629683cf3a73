/** First inference with Nabla's bundle: node start/nabla.mjs FOLDER. Prints milliseconds from loaded bytes to the result. */
import { readFileSync } from "node:fs";

const folder = process.argv[2];
const { load } = await import(`${folder}mnist.mjs`);
const bytes = readFileSync(`${folder}mnist.infer.wasm`);
const x = new Float32Array(784).fill(0.5);
const start = performance.now();
(await load(bytes)).infer({ x });
console.log(performance.now() - start);
