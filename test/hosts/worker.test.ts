/** The workerd example: predictions over HTTP, and training whose state outlives the server, with the bits of an unbroken run. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load, train } from "../../runtime/index.ts";
import { isMissing } from "../support/missing.ts";
import { whileServing, workerdProgram } from "./hosts/server.ts";

const flower = [5.1, 3.5, 1.4, 0.2];
const lesson = { measurements: [...flower, 6, 2.9, 4.5, 1.5], species: [2, 0], epochs: 7 };

describe.skipIf(isMissing("workerd", existsSync(workerdProgram)))("examples/workerd", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-worker-"));
  let serve: <T>(work: (post: (path: string, body: unknown) => Promise<Response>) => Promise<T>) => Promise<T>;
  beforeAll(async () => {
    execFileSync(process.execPath, ["examples/workerd/start.mjs", "10", folder]);
    serve = (work) =>
      whileServing(folder, (address) =>
        work((path, body) => fetch(address + path, { method: "POST", body: JSON.stringify(body) })),
      );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const module = (mode: string) => load(readFileSync(join(folder, `iris.${mode}.wasm`)));

  test("predicts what the module predicts here", async () => {
    const net = await module("infer");
    const answer = await serve(async (post) => (await post("/predict", flower)).json());
    expect(answer).toMatchObject({ species: "setosa", logits: [...net.infer({ measurements: flower }).logits!] });
  });

  test("a body that does not fit is refused with the loader's words", async () => {
    const [status, answer] = await serve(async (post) => {
      const response = await post("/predict", [1, 2]);
      return [response.status, await response.json()];
    });
    expect(status).toBe(400);
    expect(answer).toEqual({ error: 'input "measurements": expected 1 x 4 numbers, got 2' });
  });

  test("a learner goes on after a restart, with the bits of a run that never stopped", async () => {
    const first = await serve(async (post) => (await post("/learners/anna/train", lesson)).json());
    const [second, learnt, other] = await serve(async (post) => [
      await (await post("/learners/anna/train", lesson)).json(),
      await (await post("/learners/anna/predict", flower)).json(),
      await (await post("/learners/bob/predict", flower)).json(),
    ]);

    const net = await module("train");
    const data = { inputs: { measurements: lesson.measurements }, targets: { species: lesson.species } };
    const untaught = [...net.infer({ measurements: flower }).logits!];
    const losses = [];
    for (const seed of [0, 7])
      losses.push((await train(net, data, { epochs: lesson.epochs, seed })).epochs.at(-1)!.loss);

    expect([first, second]).toEqual([
      { step: 7, loss: losses[0] },
      { step: 14, loss: losses[1] },
    ]);
    expect(learnt).toMatchObject({ logits: [...net.infer({ measurements: flower }).logits!] });
    expect(other).toMatchObject({ logits: untaught });
  });
});
