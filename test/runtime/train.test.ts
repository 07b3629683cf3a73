/** The training driver: batches, order, reports, stopping and resuming. */
import { evaluate, load, type Position, permutation, type StepReport, train } from "nabla/runtime";
import { expect, test, vi } from "vitest";
import { linearModule } from "./linear.ts";

const module = new WebAssembly.Module(await linearModule());

/** Three clusters, 22 rows: batches of 8 leave a short one of 6. */
const ROWS = 22;
const label = Int32Array.from({ length: ROWS }, (_, r) => r % 3);
const x = Float32Array.from({ length: ROWS * 4 }, (_, i) => {
  const noise = ((i * 29) % 13) / 26 - 0.25;
  return (i % 4 === label[Math.floor(i / 4)] ? 1 : 0) + noise;
});
const data = { inputs: { x }, targets: { label } };

async function freshNet() {
  const net = await load(module);
  net.init(1);
  return net;
}

test("learns, and the reports say so", async () => {
  const net = await freshNet();
  const { epochs, next, aborted } = await train(net, data, { epochs: 40, seed: 5, validation: data });
  expect(epochs.map(({ epoch, rows }) => [epoch, rows])).toEqual(Array.from({ length: 40 }, (_, i) => [i, ROWS]));
  expect(epochs[39]!.loss).toBeLessThan(epochs[0]!.loss / 2);
  expect(epochs[39]!.validation!.accuracy).toBe(1);
  expect({ next, aborted }).toEqual({ next: { epoch: 40, position: 0, lossSum: 0 }, aborted: false });
});

test("the batches of an epoch are the rows in the order of its permutation, each once", async () => {
  const net = await freshNet();
  const step = vi.spyOn(net, "step");
  const seen: number[] = [];
  step.mockImplementation(({ x: rows }, { label: labels }, n) => {
    for (let r = 0; r < n!; r++) {
      const row = Array.from({ length: ROWS }, (_, i) => i).find(
        (i) => x[i * 4] === rows![r * 4] && x[i * 4 + 1] === rows![r * 4 + 1],
      );
      expect(labels![r]).toBe(label[row!]);
      seen.push(row!);
    }
    return n!;
  });
  const { epochs } = await train(net, data, { epochs: 2, seed: 9 });
  expect(step.mock.calls.map(([, , n]) => n)).toEqual([8, 8, 6, 8, 8, 6]);
  expect(seen).toEqual([...permutation(ROWS, 9, 0), ...permutation(ROWS, 9, 1)]);
  // Each step's loss was its number of rows; the mean counts every row alike.
  expect(epochs[0]!.loss).toBe((8 * 8 + 8 * 8 + 6 * 6) / ROWS);

  seen.length = 0;
  await train(net, data, { epochs: 1, seed: 9, shuffle: false, batch: 5 });
  expect(seen).toEqual(Array.from({ length: ROWS }, (_, row) => row));
  expect(step.mock.calls.slice(6).map(([, , n]) => n)).toEqual([5, 5, 5, 5, 2]);
});

test.each([1, 2, 3, 4, 7])(
  "stopped after %i steps and resumed, it gives the same bits as not stopping",
  async (stopAfter) => {
    const options = { epochs: 3, seed: 2 };
    const straight = await freshNet();
    const whole = await train(straight, data, options);

    const controller = new AbortController();
    let steps = 0;
    const onStep = () => {
      if (++steps === stopAfter) controller.abort();
    };
    const first = await freshNet();
    const part = await train(first, data, { ...options, onStep, signal: controller.signal });
    expect(part.aborted).toBe(true);
    expect(steps).toBe(stopAfter);

    const second = await load(module);
    second.restore(structuredClone(first.save()));
    const rest = await train(second, data, { ...options, start: JSON.parse(JSON.stringify(part.next)) });
    expect(second.save()).toEqual(straight.save());
    expect([...part.epochs, ...rest.epochs]).toEqual(whole.epochs);
  },
);

test("onEpoch is awaited and told where to resume", async () => {
  const log: unknown[] = [];
  const onEpoch = async (report: { epoch: number }, next: Position) => {
    await new Promise((done) => setTimeout(done, 1));
    log.push([report.epoch, next]);
  };
  const onStep = ({ epoch, position, rows }: StepReport) => log.push([epoch, position, rows]);
  await train(await freshNet(), data, { epochs: 2, seed: 0, batch: 8, onStep, onEpoch });
  expect(log).toEqual([
    [0, 8, 8],
    [0, 16, 8],
    [0, 22, 6],
    [0, { epoch: 1, position: 0, lossSum: 0 }],
    [1, 8, 8],
    [1, 16, 8],
    [1, 22, 6],
    [1, { epoch: 2, position: 0, lossSum: 0 }],
  ]);
});

test("a loss that is no longer finite stops it, naming step and epoch", async () => {
  const net = await freshNet();
  const inputs = { x: x.slice().fill(Number.NaN, 40, 41) };
  const run = train(net, { ...data, inputs }, { epochs: 2, seed: 0, shuffle: false });
  await expect(run).rejects.toThrow("the loss is NaN at step 2 (epoch 1, rows 9 to 16 of its order)");
});

test("other work of the host gets its turn", async () => {
  let turns = 0;
  let running = true;
  const tick = () => {
    turns++;
    if (running) setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  const slow = () => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  };
  await train(await freshNet(), data, { epochs: 8, seed: 0, onStep: slow });
  running = false;
  expect(turns).toBeGreaterThan(2);
});

test("data and options that do not fit are refused before the first step", async () => {
  const net = await freshNet();
  const step = vi.spyOn(net, "step");
  const options = { epochs: 1, seed: 0 };
  const bad = label.slice();
  bad[17] = 3;
  const refused = (given: typeof data, extra: object, message: string) =>
    expect(train(net, given, { ...options, ...extra })).rejects.toThrow(message);
  const wrong = { inputs: { x }, targets: { label: bad } };
  await refused(wrong, {}, 'target "label", row 17: expected an integer from 0 to 2, got 3');
  await refused(data, { validation: wrong }, 'target "label", row 17');
  await refused(
    { inputs: { x }, targets: { label: label.slice(1) } },
    {},
    'target "label": expected 22 x 1 numbers, got 21',
  );
  await refused(data, { batch: 9 }, "batch: expected an integer from 1 to 8, got 9");
  await refused(data, { seed: -1 }, "seed: expected an integer from 0 to 4294967295, got -1");
  await refused(data, { epochs: 0.5 }, "epochs: expected an integer from 0");
  await refused(
    data,
    { start: { epoch: 0, position: 22, lossSum: 0 } },
    "start.position: expected an integer from 0 to 21, got 22",
  );
  expect(step).not.toHaveBeenCalled();
});

test("evaluate judges any number of rows as one call would", async () => {
  const net = await freshNet();
  const { rows, loss, accuracy, outputs } = await evaluate(net, data);
  expect(rows).toBe(ROWS);
  expect(outputs.y).toEqual(net.infer({ x }).y);
  const one = Array.from(
    { length: ROWS },
    (_, r) => net.evaluate({ x: x.slice(r * 4, r * 4 + 4) }, { label: [label[r]!] }).loss,
  );
  expect(loss).toBeCloseTo(one.reduce((a, b) => a + b) / ROWS, 5);
  const answers = Array.from({ length: ROWS }, (_, r) => {
    const scores = [...outputs.y!.slice(r * 3, r * 3 + 3)];
    return scores.indexOf(Math.max(...scores));
  });
  expect(accuracy).toBe(answers.filter((answer, r) => answer === label[r]).length / ROWS);
});
