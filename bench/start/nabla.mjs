/** First inference with Nabla's bundle, as a program would. Prints milliseconds from the model's file to the result. */
// Written by lib/startup.mjs.
import { load } from "../out/start/mnist.mjs";

const x = new Float32Array(784).fill(0.5);
const start = performance.now();
(await load()).infer({ x });
console.log(performance.now() - start);
