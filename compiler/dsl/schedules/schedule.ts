/** What a learning-rate schedule is, and the checks that schedules share. */
import type { Node } from "../../graph/node.ts";
import type { Setting } from "../held.ts";
import { type Call, isPositiveInteger, requireKept, requireThat } from "../settings.ts";

/** How far a step goes: a number, or a number for each step. */
export type Rate = number | Schedule;

export interface Schedule {
  readonly name: string;
  /** Numbers that only the driver sets, between steps, by what they start from. */
  readonly states: Readonly<Record<string, number>>;
  /** Its numbers, to be checked against the element type of the model. */
  readonly settings?: readonly Setting[];
  /** Its highest rate. */
  readonly highest: number;
  /** The rate of a step, a scalar, where `done` steps were taken before it: 0 in the first. */
  at(done: Node, states: Readonly<Record<string, Node>>): Node;
}

/** A schedule that the number of steps alone decides. */
export const scheduled = ({ op, settings }: Call, highest: number, at: (done: Node) => Node): Schedule => ({
  name: op,
  states: {},
  settings,
  highest,
  at,
});

export function requireRate(call: Call, rate: unknown): boolean {
  if (typeof rate === "object" && rate !== null && "states" in rate) {
    call.settings.push(...((rate as Schedule).settings ?? []));
    return true;
  }
  const isRate = typeof rate === "number" && Number.isFinite(rate) && rate > 0;
  return (
    requireThat(isRate, call, "rate", "a finite number above 0, or a schedule", rate) &&
    requireKept(call, "rate", rate as number)
  );
}

/** A warm-up that leaves at least one step after it. */
export const requireWarmup = (call: Call, warmup: number, steps: number): boolean =>
  requireThat(
    warmup === 0 || (isPositiveInteger(warmup) && warmup < steps),
    call,
    "warmup",
    `an integer from 0 to ${steps - 1}, below steps`,
    warmup,
  );
