/** First inference with Nabla's bundle, imported as a program would. Prints milliseconds from loaded bytes to the result. */
import { readFileSync } from "node:fs";
// Written by lib/startup.mjs.
import { load } from "../out/start/mnist.mjs";

const bytes = readFileSync(new URL("../out/start/mnist.infer.wasm", import.meta.url));
const x = new Float32Array(784).fill(0.5);
const start = performance.now();
(await load(bytes)).infer({ x });
console.log(performance.now() - start);
