/**
 * The worker's side of training in the background: one network behind a port, doing what trainer.ts asks for.
 *
 *   serve(self)        // in a Web Worker, or on a MessagePort
 *
 * Requests are { id, call, args }, answers { id, result } or { id, error }, and { id, progress } on the way.
 */
import type { GivenData } from "./batches.ts";
import { checkOptions } from "./kinds.ts";
import type { Net } from "./load.ts";
import { load } from "./named.ts";
import { requestKinds, type TrainRequest } from "./request-kinds.ts";
import type { Source } from "./source.ts";
import { type Position, train } from "./train.ts";
import { wrong } from "./wrong.ts";

/** What a worker's global scope and a MessagePort have in common. */
export interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onmessageerror?: (() => void) | null;
}

export interface Progress {
  /** Taken by this call. */
  readonly steps: number;
  /** 0 for the first. */
  readonly epoch: number;
  /** Of the last step. */
  readonly loss: number;
}

export interface TrainAnswer extends Progress {
  readonly stoppedBy: "steps" | "deadline" | "abort";
}

export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly args: readonly unknown[];
}

export interface Answer {
  /** Absent in an error of no one request. */
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly progress?: Progress;
}

type Calls = ReturnType<typeof openCalls>;

/** Milliseconds between two progress messages: often enough for a curve, too seldom to be work. */
const PROGRESS_EVERY = 50;

export function serve(port: Port): void {
  const calls = openCalls();
  port.onmessage = async ({ data }) => {
    const { id, call, args } = (data ?? {}) as Request;
    // A worker may have more to do than this, and be told of it.
    if (!Object.hasOwn(calls, call)) return;
    const answer = (rest: Omit<Answer, "id">) => port.postMessage({ id, ...rest });
    try {
      const run = calls[call] as (report: (progress: Progress) => void, ...args: readonly unknown[]) => unknown;
      answer({ result: await run((progress) => answer({ progress }), ...args) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer({ error: { name, message } });
    }
  };
  const message = "it was sent what cannot be read there, such as a WebAssembly.Module of another origin";
  port.onmessageerror = () => port.postMessage({ error: { name: "DataCloneError", message } } satisfies Answer);
}

/** Each is given how to report on the way. */
function openCalls() {
  let net: Net | undefined;
  let data: GivenData | undefined;
  let next: Position | undefined;
  let running: AbortController | undefined;
  const opened = (): Net => net ?? wrong("network", "one that was loaded", "none", TypeError);
  return {
    /** Says that the worker is there. */
    hello: () => undefined,
    async load(_: unknown, source: Source) {
      net = await load(source);
      return net.manifest;
    },
    infer: (_: unknown, ...args: Parameters<Net["infer"]>) => opened().infer(...args),
    evaluate: (_: unknown, ...args: Parameters<Net["evaluate"]>) => opened().evaluate(...args),
    init: (_: unknown, ...args: Parameters<Net["init"]>) => opened().init(...args),
    save: () => opened().save(),
    restore: (_: unknown, ...args: Parameters<Net["restore"]>) => opened().restore(...args),
    abort: () => running?.abort(),
    async train(report: (progress: Progress) => void, request: TrainRequest): Promise<TrainAnswer> {
      checkOptions<TrainRequest>("train", request, requestKinds);
      if (running) wrong("train", "one call at a time", "a second one", TypeError);
      if (request.data) [data, next] = [request.data, undefined];
      const rows = data ?? wrong("data", "rows to learn from", "none", TypeError);
      const control = new AbortController();
      running = control;
      try {
        const run = await runFor(opened(), rows, request, next, control, report);
        next = run.next;
        return run.answer;
      } finally {
        running = undefined;
      }
    },
  };
}

/** Trains until a limit is reached; goes on at `start`, so that calls one after another make whole epochs. */
async function runFor(
  net: Net,
  data: GivenData,
  { steps: most = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY, seed = 0 }: TrainRequest,
  start: Position | undefined,
  control: AbortController,
  report: (progress: Progress) => void,
): Promise<{ answer: TrainAnswer; next: Position }> {
  const began = performance.now();
  let told = began;
  let stoppedBy: TrainAnswer["stoppedBy"] = "abort";
  let progress: Progress = { steps: 0, epoch: start?.epoch ?? 0, loss: Number.NaN };
  const stop = (by: TrainAnswer["stoppedBy"]) => {
    stoppedBy = by;
    control.abort();
  };
  const { next } = await train(net, data, {
    epochs: 0xffffffff,
    seed,
    signal: control.signal,
    ...(start ? { start } : {}),
    onStep({ epoch, loss }) {
      progress = { steps: progress.steps + 1, epoch, loss };
      const now = performance.now();
      if (now - told >= PROGRESS_EVERY) {
        told = now;
        report(progress);
      }
      if (progress.steps >= most) stop("steps");
      else if (now - began >= deadlineMs) stop("deadline");
    },
  });
  return { answer: { ...progress, stoppedBy }, next };
}
