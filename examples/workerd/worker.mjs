/**
 * A Worker that classifies irises, and learns: each name under /learners is a Durable Object with a network of its own, whose
 * state is saved after every request.
 *
 *   POST /predict                  [5.1, 3.5, 1.4, 0.2]                                  -> { "species": "setosa", ... }
 *   POST /learners/anna/train      { "measurements": [...], "species": [...], "epochs": 5 }  -> { "step": 35, "loss": 0.41 }
 *   POST /learners/anna/predict    [5.1, 3.5, 1.4, 0.2]
 *
 * workerd compiles no Wasm at run time, so both modules are imported.
 */
import { load, train } from "nabla/runtime";
import inference from "./iris.infer.wasm";
import training from "./iris.train.wasm";

const shipped = load(inference);

export default {
  async fetch(request, { LEARNERS }) {
    const [, first, name, action] = new URL(request.url).pathname.split("/");
    if (request.method !== "POST") return new Response("POST /predict or /learners/NAME/train\n", { status: 405 });
    if (first === "learners" && name)
      return LEARNERS.get(LEARNERS.idFromName(name)).fetch(`http://learner/${action}`, request);
    if (first === "predict") return answer(async () => classify(await shipped, await request.json()));
    return new Response("not found\n", { status: 404 });
  },
};

/** One network that learns on, from the weights that were shipped. */
export class Learner {
  constructor({ storage }) {
    this.storage = storage;
  }

  /** The network as the last request left it, also after a restart. */
  async open() {
    const net = await load(training);
    const saved = await this.storage.get("state");
    if (saved) net.restore(saved);
    return net;
  }

  async fetch(request) {
    // A promise, so that two first requests share one network.
    this.net ??= this.open();
    const net = await this.net;
    const action = new URL(request.url).pathname.slice(1);
    if (action === "predict") return answer(async () => classify(net, await request.json()));
    if (action !== "train") return new Response("not found\n", { status: 404 });
    return answer(async () => {
      const { measurements, species, epochs = 1 } = await request.json();
      const { step } = net.save();
      const data = { inputs: { measurements }, targets: { species } };
      const done = await train(net, data, { epochs, seed: step });
      const state = net.save();
      await this.storage.put("state", state);
      return { step: state.step, loss: done.epochs.at(-1)?.loss };
    });
  }
}

function classify(net, measurements) {
  const { logits } = net.infer({ measurements });
  const labels = net.manifest.outputs[0].labels;
  const best = logits.indexOf(Math.max(...logits));
  return { species: labels?.[best] ?? best, logits: [...logits] };
}

/** What `work` gives, as JSON; the loader's own words, which say what was expected, for input that does not fit. */
async function answer(work) {
  try {
    return Response.json(await work());
  } catch (error) {
    return Response.json({ error: error.message }, { status: 400 });
  }
}
