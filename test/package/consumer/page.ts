/** A page's worker, and imports of models, by the types that a build has written. */

import { load as loadTraining } from "./iris.model.ts?train";
import { load } from "./iris.model.ts?trained&data=./iris.csv&epochs=60&accuracy=0.8";
import "nabla/worker";
import { load as open, openTrainer } from "nabla/runtime";
import { load as loadPlain } from "./js/iris.plain.js";
import { load as loadBound } from "./out/iris.js";

const measurements = [5.1, 3.5, 1.4, 0.2];
export async function answer(): Promise<Float32Array[]> {
  const iris = await load();
  const training = await loadTraining();
  training.step({ measurements }, { species: [0] });
  const bound = await loadBound(fetch("iris.wasm"));
  // @ts-expect-error the model has no such input
  iris.infer({ lengths: measurements });
  // @ts-expect-error only inference ships
  iris.step;
  return [iris, training, bound, await loadPlain()].map((net) => net.infer({ measurements }).logits);
}

export async function learn(signal: AbortSignal) {
  const worker = new Worker(new URL("nabla/worker", import.meta.url), { type: "module" });
  const module = await WebAssembly.compileStreaming(fetch("iris.wasm"));
  const trainer = await openTrainer(worker, module);
  await openTrainer(
    new MessageChannel().port1,
    fetch("iris.wasm").then((response) => response.arrayBuffer()),
  );
  await open(fetch("iris.wasm"));
  await open(new URL("iris.wasm", document.baseURI));
  return trainer.train({ signal });
}
