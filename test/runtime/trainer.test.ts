/** Training behind a port: the same bits as without, limits, progress, abort, the net's own errors. */
import { adam, classes, dense, model, relu, softmaxCrossEntropy } from "nabla";
import { load, openTrainer, train } from "nabla/runtime";
import { afterEach, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { type Port, serve } from "../../runtime/serve.ts";

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const net = model({
    inputs: { x: [3] },
    targets: { t: classes(2) },
    batch: 4,
    forward: ({ x }) => ({ y: dense(relu(dense(x, 8)), 2) }),
    loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
    optimizer: adam({ rate: 0.01 }),
  });
  wasm = (await compile(net)).wasm as Uint8Array<ArrayBuffer>;
});

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function openPorts(): Port {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve(port2 as unknown as Port);
  return port1 as unknown as Port;
}

const data = {
  inputs: { x: Array.from({ length: 30 }, (_, i) => Math.sin(i)) },
  targets: { t: Array.from({ length: 10 }, (_, i) => i % 2) },
};

test("calls one after another come to the bits of one run in the page", async () => {
  const trainer = await openTrainer(openPorts(), wasm);
  expect(trainer.manifest.batch).toBe(4);
  expect(await trainer.train({ data, steps: 4, seed: 3 })).toMatchObject({ steps: 4, epoch: 1, stoppedBy: "steps" });
  await trainer.train({ steps: 5, seed: 3 });
  const net = await load(wasm);
  // 10 rows are 3 steps an epoch.
  await train(net, data, { epochs: 3, seed: 3 });
  expect(await trainer.save()).toEqual(net.save());
  expect(await trainer.infer({ x: [1, 2, 3] })).toEqual(net.infer({ x: [1, 2, 3] }));
  expect(await trainer.evaluate({ x: [1, 2, 3] }, { t: [1] })).toEqual(net.evaluate({ x: [1, 2, 3] }, { t: [1] }));
});

test("a deadline ends it", async () => {
  const trainer = await openTrainer(openPorts(), wasm);
  expect(await trainer.train({ data, deadlineMs: 50 })).toMatchObject({ stoppedBy: "deadline" });
});

test("it tells of its progress on the way", async () => {
  const trainer = await openTrainer(openPorts(), wasm);
  const seen: number[] = [];
  const control = new AbortController();
  const onProgress = ({ steps }: { steps: number }) => {
    if (seen.push(steps) === 3) control.abort();
  };
  await trainer.train({ data, signal: control.signal, onProgress });
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("an abort ends it between two steps; the net can go on", async () => {
  const trainer = await openTrainer(openPorts(), wasm);
  const control = new AbortController();
  const running = trainer.train({ data, signal: control.signal, onProgress: () => control.abort() });
  expect(await running).toMatchObject({ stoppedBy: "abort" });
  expect(await trainer.train({ steps: 2 })).toMatchObject({ steps: 2 });
  expect(await trainer.train({ steps: 2, signal: AbortSignal.abort() })).toMatchObject({
    steps: 0,
    stoppedBy: "abort",
  });
});

test("the net's errors come through, of their kind", async () => {
  const trainer = await openTrainer(openPorts(), wasm);
  await expect(trainer.train({ steps: 1 })).rejects.toThrow(
    new TypeError("data: expected rows to learn from, got none"),
  );
  const wrongLabel = { ...data, targets: { t: data.targets.t.map((label) => label + 1) } };
  await expect(trainer.train({ data: wrongLabel, steps: 9 })).rejects.toThrow(RangeError);
  await expect(trainer.infer({ x: [1, 2] })).rejects.toThrow('input "x"');
});

test("what is no module is refused", async () => {
  await expect(openTrainer(openPorts(), new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))).rejects.toThrow(
    "custom section",
  );
});
