/**
 * What the learning rate was while a model trained, at some hundred steps: by the interpreter, from the step count and the
 * states of the schedule.
 *
 *   stepDecay({ from: 0.1, factor: 0.5, every: 10 })   ->   [{ at: 0.01, rate: 0.1 }, ..., { at: 2, rate: 0.05 }]
 */
import type { Net, Position, StepReport } from "../../runtime/index.ts";
import type { Built } from "../compile.ts";
import { interpret } from "../graph/interpret.ts";

export interface RatePoint {
  /** In epochs since the first of all: 2.5 is half way through the third. */
  readonly at: number;
  readonly rate: number;
}

interface Run {
  readonly built: Built;
  readonly net: Net;
  readonly start: Position;
  readonly data: { readonly train: { readonly rows: number } };
  readonly settings: { readonly batch: number };
}

const mostPoints = 300;

/** `see` is called after each step. */
export function recordRates({ built: { program }, net, start, data, settings }: Run, epochs: number) {
  const { rows } = data.train;
  const steps = Math.ceil(rows / settings.batch) * Math.max(1, epochs - start.epoch);
  const every = Math.ceil(steps / mostPoints);
  const graph = { ...program.step, outputs: [{ name: "rate", node: program.rate }], updates: [] };
  const rateOf = (step: number): number =>
    interpret(graph, { rows: 1, leaves: new Map(Object.entries(net.optimizer)), step }).outputs.get("rate")![0]!;
  const points: RatePoint[] = [];
  let step = net.save().step;
  return {
    points,
    see({ epoch, position }: StepReport): void {
      step++;
      const isLast = position === rows && epoch + 1 === epochs;
      // The first and the last, too, whatever the distance.
      if (points.length > 0 && !isLast && step % every !== 0) return;
      points.push({ at: epoch + position / rows, rate: rateOf(step) });
    },
  };
}
