/**
 * One network at work: training in slices between which the worker reads its messages, and a report every tenth of a second.
 *
 *   const session = await openSession(opening, report);
 *   session.run(3000, Infinity);
 *   session.infer({ pixels }).logits
 */
import { load, type Net, type Position, train } from "nabla/runtime";
import { correct } from "./correct.ts";
import type { Commands, Matrix, Opening, Report, Rows } from "./protocol.ts";
import { appended } from "./rows.ts";
import { openSamples } from "./samples.ts";
import { accuracyOf } from "./scores.ts";

/** Milliseconds of steps before the next message is read: a drawing's prediction must not lag. */
const SLICE = 20;
const REPORT_EVERY = 100;

export type Session = Omit<Commands, "open"> & { close(): void };

export async function openSession(opening: Opening, tell: (report: Report) => void): Promise<Session> {
  const { lesson, seed, matrices } = opening;
  const net = await load(opening.module);
  net.init(seed);
  let rows: Rows = lesson.train;
  let next: Position = { epoch: 0, position: 0, lossSum: 0 };
  let steps = 0;
  let isSeen = true;
  let speed = 0;
  let pace = Number.POSITIVE_INFINITY;
  /** The run under way; another object once there is another. */
  let running: object | undefined;
  let last = Promise.resolve();
  const samples = openSamples(() => accuracyOf(net, lesson.test));
  let since = { at: performance.now(), steps: 0, lossSum: 0 };

  const setRate = (rate: number) => {
    net.optimizer["plateau.factor"]![0] = rate;
  };
  setRate(opening.rate);

  function report(failure?: string) {
    const now = performance.now();
    const taken = steps - since.steps;
    // The last steps of a run take too little time to say how fast they were.
    if (now - since.at >= REPORT_EVERY / 2 || speed === 0) speed = (1000 * taken) / (now - since.at);
    isSeen = false;
    tell({
      running: running !== undefined,
      steps,
      epochs: next.epoch + next.position / rows.count,
      loss: since.lossSum / taken,
      accuracy: accuracyOf(net, lesson.test),
      stepsPerSecond: speed,
      ...samples.take(),
      matrices: firstMatrices(net, matrices),
      ...(lesson.watched && { watched: net.infer(lesson.watched) }),
      ...(failure && { failure }),
    });
    since = { at: performance.now(), steps, lossSum: 0 };
  }

  /** Steps until the time or the number is used up. */
  async function slice(most: number): Promise<void> {
    const until = performance.now() + SLICE;
    const control = new AbortController();
    let left = most;
    const { next: reached } = await train(net, rows, {
      epochs: 0xffffffff,
      seed,
      start: next,
      signal: control.signal,
      onStep({ loss }) {
        steps++;
        since.lossSum += loss;
        samples.add(steps, loss);
        if (--left === 0 || performance.now() >= until) control.abort();
      },
    });
    next = reached;
  }

  async function run(run: object, most: number) {
    const limit = steps + most;
    let allowedSince = performance.now();
    since = { at: performance.now(), steps, lossSum: 0 };
    while (running === run && steps < limit) {
      const due = Math.min(limit - steps, ((performance.now() - allowedSince) * pace) / 1000);
      if (due >= 1) {
        allowedSince = performance.now();
        await slice(Math.floor(due));
      }
      if (running === run && isSeen && performance.now() - since.at >= REPORT_EVERY) report();
      await new Promise((done) => setTimeout(done, pace === Number.POSITIVE_INFINITY ? 0 : SLICE));
    }
  }

  report();
  return {
    run(most, wanted) {
      pace = wanted;
      const mine = {};
      running = mine;
      const end = (failure?: string) => {
        if (running !== mine) return;
        running = undefined;
        report(failure);
      };
      // Two runs at a time would take the same rows.
      last = last
        .then(() => run(mine, most))
        .then(
          () => end(),
          (error: Error) => end(error.message),
        );
    },
    pause() {
      running = undefined;
      report();
    },
    setRate,
    setPace(wanted) {
      pace = wanted;
    },
    seen() {
      isSeen = true;
    },
    infer: (inputs) => net.infer(inputs),
    teach(correction) {
      const taught = correct(net, rows, lesson.test, correction);
      steps += taught.steps;
      since.steps += taught.steps;
      rows = appended(rows, correction);
      report();
      return taught;
    },
    close() {
      running = undefined;
    },
  };
}

/** Copies of the first weights with rows and columns. */
const firstMatrices = (net: Net, count: number): Matrix[] =>
  net.manifest.parameters
    .filter(({ dims }) => dims.length > 1)
    .slice(0, count)
    .map(({ name, dims }) => ({ name, dims, values: Float32Array.from(net.parameters[name]!) }));
