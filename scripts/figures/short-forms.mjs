/**
 * The examples in a short form: what test/examples asserts their claims of, in seconds, and of which a digest stands beside the
 * pictures and tables of the long form. Where the numbers change in any bit, the digest does, and the long form is to be made anew.
 */
import { createHash } from "node:crypto";
import { race } from "../../examples/activations/experiment.mjs";
import { errorsByWidth } from "../../examples/approximation/experiment.mjs";
import { comparePlaces } from "../../examples/batch-norm/experiment.mjs";
import { compare, solve } from "../../examples/heat-equation/experiment.mjs";
import { learn } from "../../examples/learnable-activations/experiment.mjs";
import { compareRates } from "../../examples/learning-rates/experiment.mjs";
import { listen } from "../../examples/multi-label/experiment.mjs";
import { names, run } from "../../examples/optimizers/experiment.mjs";
import { compareRemedies } from "../../examples/overfitting/experiment.mjs";
import { trainBoth } from "../../examples/standardisation/experiment.mjs";

/** Near the best rates of the long form. */
export const optimizerRates = {
  sgd: 0.005,
  momentum: 0.01,
  nesterov: 0.005,
  adagrad: 0.2,
  adadelta: 2,
  adam: 0.2,
  lion: 0.02,
};

const lossesOf = (runs) => Object.entries(runs).map(([name, { losses }]) => [name, losses]);

/** By the example's folder: `run` gives what the test looks at, `numbers` what of it is compared. */
export const shortForms = {
  activations: {
    run: () => race({ names: ["identity", "relu", "tanh", "gelu"], seeds: [1], epochs: 30 }),
    numbers: (results) => results,
  },
  approximation: {
    run: () => errorsByWidth({ widths: [1, 4, 16], seeds: [1], steps: 1000 }),
    numbers: (results) => results,
  },
  "batch-norm": { run: () => comparePlaces({ epochs: 10, seed: 1 }), numbers: lossesOf },
  "heat-equation": {
    async run() {
      const solution = await solve(1000);
      return { ...solution, ...(await compare(solution.net, 21)) };
    },
    numbers: ({ losses, u }) => ({ losses, u }),
  },
  "learnable-activations": { run: () => learn({ epochs: 40 }), numbers: ({ slopes, betas }) => ({ slopes, betas }) },
  "learning-rates": { run: () => compareRates({ epochs: 20 }), numbers: lossesOf },
  "multi-label": { run: () => listen({ rows: 2000, epochs: 12 }), numbers: ({ probabilities }) => probabilities },
  optimizers: {
    async run() {
      const runs = [];
      for (const name of names) runs.push(await run(name, optimizerRates[name] ?? 0.01, 100));
      return runs;
    },
    numbers: (runs) => runs,
  },
  overfitting: { run: () => compareRemedies({ seeds: [1], steps: 2000 }), numbers: (results) => results },
  standardisation: { run: () => trainBoth(60), numbers: lossesOf },
};

/** Of numbers, to the bit, and what holds them. */
export const digestOf = (value) =>
  createHash("sha256")
    .update(JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? [...part].map(String) : part)))
    .digest("hex")
    .slice(0, 16);
