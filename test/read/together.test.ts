/** A wrong setting is found when the file runs, a wrong layer when forward does: one run reports both. */
import { expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { writeFiles } from "./project.ts";

test("errors of loading and of building come together, in one run", async () => {
  const directory = writeFiles({
    "wrong.model.ts": `
      import { adam, classes, dense, matmul, model, parameter, softmaxCrossEntropy, zeros } from "nabla";
      export default model({
        inputs: { x: [4] },
        targets: { y: classes(3) },
        batch: 8,
        forward({ x }) {
          const w = parameter([5, 3], zeros());
          const worse = dense(x, -2);
          return { logits: matmul(x as never, w as never) as never };
        },
        loss: ({ logits }, { y }) => softmaxCrossEntropy(logits, y),
        optimizer: adam({ rate: -1 }),
      });`,
  });
  const error: unknown = await readModelFile(`${directory}/wrong.model.ts`).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(CompileError);
  const found = (error as CompileError).diagnostics.map(({ code, span }) => `${span!.line}:${span!.column} ${code}`);
  expect(found).toEqual(["13:20 attribute/range", "9:25 attribute/range", "10:28 shape/inner-dims"]);
});
