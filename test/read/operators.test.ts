import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { writeFiles } from "./project.ts";

const model = (value: string): string => `import { dense, meanSquaredError, model, sgd } from "nabla";
export default model({
  inputs: { größe: [2] }, targets: { ziel: [1] }, batch: 4,
  forward({ größe }: any) {
    const dichte = dense(größe, 2);
    return { höhe: dense(${value}, 1) };
  },
  loss: ({ höhe }, { ziel }) => meanSquaredError(höhe, ziel), optimizer: sgd({ rate: 0.1 }),
});
`;

async function build(value: string) {
  const file = await readModelFile(join(writeFiles({ "model.ts": model(value) }), "model.ts"));
  return file.explaining(() => compile(file.model, { mode: "infer" }));
}

test.each(["größe + 1", "2 * größe", "größe + größe", "-größe", "größe ** 2", "größe > 0 ? größe : dichte"])(
  "%s: what happened, where, and what stands in its place",
  async (value) => {
    await expect(build(value)).rejects.toMatchObject({
      diagnostics: [
        {
          message:
            "TypeError: an operator was given a tensor, f32[n,2]: expected add, sub, mul, div, pow, neg, greater, less in place of + - * / ** > <",
          span: { line: 6 },
        },
      ],
    });
  },
);

test("identifiers are those of JavaScript, in the module and its types", async () => {
  const { manifest, dts } = await build("dichte");
  expect(manifest.inputs[0]!.name).toBe("größe");
  expect(dts).toContain('readonly "größe": ArrayLike<number>;');
});
