/** A model file may export more than its model: functions that give variants of it, which keep their places in the file. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/dsl/model.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { writeFiles } from "./project.ts";

test("a function of a model file gives a variant, with names from its source", async () => {
  const directory = writeFiles({
    "wide.model.ts": `
      import { dense, meanSquaredError, model, sgd } from "nabla";
      export const withWidth = (width: number) => model({
        inputs: { x: [1] },
        targets: { wanted: [1] },
        batch: 1,
        forward({ x }) {
          const hidden = dense(x, width);
          return { y: dense(hidden, 1) };
        },
        loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
        optimizer: sgd({ rate: 0.1 }),
      });
      export default withWidth(2);`,
  });
  const { exports, model } = await readModelFile(`${directory}/wide.model.ts`);
  expect(exports.default).toBe(model);
  const withWidth = exports.withWidth as (width: number) => Model;
  const { manifest } = await compile(withWidth(5));
  expect(manifest.parameters.find(({ name }) => name === "hidden.weight")?.dims).toEqual([1, 5]);
  await expect(compile(withWidth(0))).rejects.toThrow("wide.model.ts:8:26");
});
