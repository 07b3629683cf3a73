/** Schedules of a planned number of steps, along halves of a cosine. */
import type { Node } from "../../graph/node.ts";
import { add, cos, div, lt, minimum, mul, select, sub } from "../../ops/index.ts";
import { checkedByCall, count, type Declared, notNegative, positive, settle } from "../options.ts";
import { callOf, isPositiveInteger, requireKept } from "../settings.ts";
import { requireWarmup, type Schedule, scheduled } from "./schedule.ts";

export interface CosineOptions {
  /** The highest rate. */
  readonly from: number;
  /** The rate after all steps, and from then on; 0 unless said. */
  readonly to?: number;
  /** In all, those of the warm-up included. */
  readonly steps: number;
  /** Steps on which the rate rises to `from`; 0 unless said. */
  readonly warmup?: number;
}

const cosineOptions = {
  from: positive,
  to: notNegative.or(0),
  steps: count,
  warmup: checkedByCall<number>().or(0),
} satisfies Declared<CosineOptions>;

/**
 * Half a cosine from `from` down to `to`, after a linear warm-up: after t steps,
 *   from * (t + 1) / (warmup + 1)                                                       while t < warmup
 *   to + (from - to) * (1 + cos(pi * (t - warmup) / (steps - warmup))) / 2              until t = steps, then `to`
 * Loshchilov and Hutter 2017, "SGDR", without restarts. The first step of the warm-up has a rate above 0, where Keras and
 * Transformers waste it on 0.
 */
export function cosine(options: CosineOptions): Schedule {
  const call = callOf("cosine");
  const { from, to, steps, warmup } = settle(call, cosineOptions, options);
  if (isPositiveInteger(steps)) requireWarmup(call, warmup, steps);
  if (warmup > 0) requireKept(call, "from / (warmup + 1)", from / (warmup + 1));
  return scheduled(call, Math.max(from, to), (done) => {
    const falling = anneal(from, to, progress(done, warmup, steps));
    return warmup === 0 ? falling : select(lt(done, warmup), mul(from / (warmup + 1), add(done, 1)), falling);
  });
}

export interface OneCycleOptions {
  /** The highest rate. */
  readonly peak: number;
  /** In all. */
  readonly steps: number;
  /** Steps on which the rate rises; 0.3 * steps unless said. */
  readonly warmup?: number;
  /** The first rate; peak / 25 unless said. */
  readonly from?: number;
  /** The rate after all steps, and from then on; peak / 250,000 unless said. */
  readonly to?: number;
}

const oneCycleOptions = {
  peak: positive,
  steps: count,
  warmup: checkedByCall<number>().optional,
  from: positive.optional,
  to: notNegative.optional,
} satisfies Declared<OneCycleOptions>;

/**
 * One cycle: half a cosine from `from` up to `peak` in `warmup` steps, and another down to `to` in the rest of `steps`.
 * Smith and Topin 2018, "Super-convergence". Defaults as PyTorch's OneCycleLR, whose last step already takes `to` and which
 * moves the momentum the other way; here the momentum stays.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const call = callOf("oneCycle");
  const given = settle(call, oneCycleOptions, options);
  const { peak, steps, warmup = Math.floor(0.3 * steps), from = peak / 25, to = peak / 250_000 } = given;
  if (isPositiveInteger(steps)) requireWarmup(call, warmup, steps);
  if (given.from === undefined) requireKept(call, "from", from);
  if (given.to === undefined) requireKept(call, "to", to);
  return scheduled(call, Math.max(from, peak, to), (done) => {
    const falling = anneal(peak, to, progress(done, warmup, steps));
    return warmup === 0 ? falling : select(lt(done, warmup), anneal(from, peak, div(done, warmup)), falling);
  });
}

/** From 0 at `start` to 1 at `end`, and 1 from then on. */
const progress = (done: Node, start: number, end: number): Node =>
  minimum(div(start === 0 ? done : sub(done, start), end - start), 1);

/** a where p = 0, b where p = 1. The square is (1 + cos(pi * p)) / 2, without its cancellation near p = 1. */
function anneal(a: number, b: number, p: Node): Node {
  const half = cos(mul(Math.PI / 2, p));
  return add(b, mul(a - b, mul(half, half)));
}
