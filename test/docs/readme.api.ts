// The blocks of README.md, written by readme.test.ts.
import { compile, readModelFile, trainModel } from "nabla/compiler";
import { load, train } from "nabla/runtime";

const { model } = await readModelFile("examples/iris/iris.model.ts");
const trained = await trainModel({ model, data: "examples/iris/iris.csv", testSplit: 0.2, epochs: 60, seed: 1 });
const accuracy = trained.test?.accuracy;

const built = await compile(model, { mode: "train", dtype: "f32", seed: 1 });
const net = await load(built.wasm);

const measurements = [5.1, 3.5, 1.4, 0.2, 6.3, 3.3, 6.0, 2.5];
const species = [0, 2];
for (let i = 0; i < 50; i++) net.step({ measurements }, { species });
const { loss } = net.evaluate({ measurements }, { species });

const data = { inputs: { measurements }, targets: { species } };
const { epochs } = await train(net, data, { epochs: 10, seed: 1, batch: 1 });

const state = net.save();
const next = net.step({ measurements }, { species });
net.restore(structuredClone(state));
const same = net.step({ measurements }, { species }) === next;
net.parameters["hidden.bias"] = new Float32Array(16);

const shipped = await compile(model, { mode: "infer", name: "iris", weights: net.parameters });
const { wasm, js, dts, manifest } = shipped;
const iris = await load(wasm);
const { logits } = iris.infer({ measurements });

let refusal = "";
try {
  net.step({ measurements }, { species: [0, 3] });
} catch (error) {
  refusal = (error as Error).message; // target "species", row 1: expected an integer from 0 to 2, got 3
}

export {
  accuracy,
  built,
  data,
  dts,
  epochs,
  iris,
  js,
  logits,
  loss,
  manifest,
  measurements,
  model,
  net,
  next,
  refusal,
  same,
  shipped,
  species,
  state,
  trained,
  wasm,
};
