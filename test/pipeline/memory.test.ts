import { expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics.ts";
import * as nabla from "../../compiler/dsl/index.ts";
import { compile } from "../../compiler/index.ts";

const { dense, meanSquaredError, model, relu, reshape, sgd, standardize, where, greater } = nabla;

const wide = (batch: number, hidden = 8) =>
  model({
    inputs: { x: [784] },
    targets: { t: [2] },
    batch,
    forward: ({ x }) => ({ y: dense(relu(dense(x, hidden)), 2) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });

const refusal = async (work: () => Promise<unknown>): Promise<string> => {
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CompileError);
  return (error as CompileError).message;
};

test("memory that cannot be addressed: the value that needs it, its bytes, and the batch that fits", async () => {
  const message = await refusal(() => compile(wide(1_000_000)));
  expect(message).toContain("with a batch of 1,000,000 rows the module needs 3,");
  expect(message).toContain("expected  at most 2,147,483,648 bytes");
  expect(message).toContain("got       input or target: 3,136,000,000 bytes, x is f32[n,784]");
  const fits = Number(/A batch of ([\d,]+) rows fits/.exec(message)![1]!.replaceAll(",", ""));
  await compile(wide(1), { batch: fits });
  expect(fits).toBeGreaterThan(600_000);
  expect(await refusal(() => compile(wide(1), { batch: Math.ceil(1.1 * fits) }))).toContain("memory/too-large");
});

test.each(["train", "infer"] as const)("weights that are too large, %s: no batch fits", async (mode) => {
  const message = await refusal(() => compile(wide(1, 1e9), { mode }));
  expect(message).toContain("parameter or state: 3,136,000,000,000 bytes, dense1.weight is f32[784,1000000000]");
  expect(message).toContain("No batch fits");
});

test("a target is not measured, and a mask has no memory to be reshaped", async () => {
  const part = { inputs: { x: [4] }, targets: { t: [2] }, batch: 2, optimizer: sgd({ rate: 0.1 }) } as const;
  const loss = (y: nabla.Tensor<[2]>, t: nabla.Tensor<[2]>) => meanSquaredError(y, t);
  const measured = model({
    ...part,
    forward: ({ x }) => ({ y: dense(x, 2) }),
    loss: ({ y }, { t }) => loss(y, standardize(t)),
  });
  expect(await refusal(() => compile(measured))).toContain("standardize prepares an input of the model");
  const masked = model({
    ...part,
    forward: ({ x }) => {
      // @ts-expect-error: a mask is no tensor.
      const mask: nabla.Mask<[2, 2]> = reshape(greater(x, 0), [2, 2]);
      return { y: dense(reshape(where(mask, reshape(x, [2, 2]), 0), [4]), 2) };
    },
    loss: ({ y }, { t }) => loss(y, t),
  });
  expect(await refusal(() => compile(masked))).toContain("a mask is never in memory");
});
