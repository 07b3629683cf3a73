/** A loss that stops being finite: the message names the op that began it and its line in the model file. */
import { expect, test } from "vitest";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { writeFiles } from "../read/project.ts";

const modelFile = (forward: string, rate: number): string => `
  import { dense, exp, meanSquaredError, model, sgd } from "nabla";
  export default model({
    inputs: { x: [1] },
    targets: { wanted: [1] },
    batch: 4,
    forward({ x }) {
      const steep = ${forward};
      return { y: dense(steep, 1) };
    },
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: sgd({ rate: ${rate} }),
  });`;

async function failure(forward: string, rate: number): Promise<string> {
  const directory = writeFiles({ "steep.model.ts": modelFile(forward, rate) });
  const { model, explaining } = await readModelFile(`${directory}/steep.model.ts`);
  const x = Float32Array.from({ length: 40 }, (_, i) => i / 10);
  const data = { inputs: { x }, targets: { wanted: x.map((v) => -3 * v) } };
  const run = explaining(() => trainModel({ model, data, epochs: 30, seed: 1 }));
  return run.then(
    () => "trained",
    (error: Error) => error.message.replaceAll(`${directory}/`, ""),
  );
}

test("an overflow at once", async () => {
  expect(await failure("exp(exp(exp(x)))", 1e-9)).toMatchInlineSnapshot(`
    "the loss is Infinity at step 1 (epoch 1, rows 1 to 4 of its order): expected a finite number; a lower learning rate or standardized inputs may help
    first not finite: exp gave Infinity (steep, steep.model.ts:8:21)"
  `);
});

test("a rate too high: reached again from the last good epoch", async () => {
  expect(await failure("x", 1)).toMatchInlineSnapshot(`
    "the loss is Infinity at step 21 (epoch 3, rows 1 to 4 of its order): expected a finite number; a lower learning rate or standardized inputs may help
    first not finite: mul gave Infinity (steep.model.ts:11:34)"
  `);
});
