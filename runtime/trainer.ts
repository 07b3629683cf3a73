/**
 * The page's side of training in the background: the page paints and answers clicks while a worker takes steps.
 *
 *   const worker = new Worker(new URL("nabla/worker", import.meta.url), { type: "module" });
 *   const trainer = await openTrainer(worker, fetch("digits.train.wasm").then((r) => r.arrayBuffer()));
 *   await trainer.train({ data, deadlineMs: 5000, onProgress: ({ loss }) => draw(loss), signal });
 *   (await trainer.infer({ pixels })).logits
 */
import type { WorkerPort } from "./channel.ts";
import type { Outputs } from "./infer.ts";
import { checkOptions, fn, integer, type Kinds, optional, thing } from "./kinds.ts";
import type { Given } from "./port.ts";
import { openQuestions } from "./questions.ts";
import type { TrainRequest } from "./request-kinds.ts";
import { requestKinds } from "./request-kinds.ts";
import type { Signature } from "./section.ts";
import type { Progress, Request, TrainAnswer } from "./serve.ts";
import type { AbortSignalLike, Bytes, WasmModule } from "./source.ts";
import type { SavedState } from "./state.ts";
import type { Evaluated } from "./training.ts";
import { wrong } from "./wrong.ts";

type Sent = Bytes | WasmModule | string;

export interface BackgroundTraining extends TrainRequest {
  /** About twenty times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between two steps; the promise then fulfils with stoppedBy "abort". */
  readonly signal?: AbortSignalLike;
}

/** The network of a worker; each call is a message, and rejects as the net's own would throw. */
export interface Trainer {
  readonly manifest: Signature;
  /** Goes on where the last call stopped, in epochs over the data. One call at a time. */
  train(options: BackgroundTraining): Promise<TrainAnswer>;
  infer(inputs: Given, n?: number): Promise<Outputs>;
  evaluate(inputs: Given, targets: Given, n?: number): Promise<Evaluated>;
  init(seed: number): Promise<void>;
  save(): Promise<SavedState>;
  restore(state: SavedState): Promise<void>;
}

const backgroundKinds: Kinds<BackgroundTraining> = {
  ...requestKinds,
  onProgress: optional(fn),
  signal: optional(thing),
};

export interface TrainerOptions {
  /** Milliseconds until the worker has to say that it is there, 1 to 2^31 - 1; 10,000 unless said. Its script may come slowly. */
  readonly timeoutMs?: number;
}

/** The workers that have a trainer: a second would load another network into the same place. */
const taken = new WeakSet<WorkerPort>();

/**
 * `source`: what a message can carry: bytes, a WebAssembly.Module, or a URL as text. Rejects where the worker cannot start, does
 * not answer or dies, and then so does every call.
 */
export async function openTrainer(
  worker: WorkerPort,
  source: Sent | PromiseLike<Sent>,
  options: TrainerOptions = {},
): Promise<Trainer> {
  checkOptions<TrainerOptions>("openTrainer", options, { timeoutMs: optional(integer(1, 2 ** 31 - 1)) });
  if (taken.has(worker)) wrong("worker", "one for each trainer", "one that has a trainer already", TypeError);
  taken.add(worker);
  const { ask, started } = openQuestions(worker, options.timeoutMs ?? 10_000);
  const manifest = await Promise.all([source, started])
    .then(([sent]) => ask("load", [sent]) as Promise<Signature>)
    .catch((error) => {
      taken.delete(worker);
      throw error;
    });
  const call =
    (name: Request["call"]) =>
    (...args: unknown[]) =>
      ask(name, args) as Promise<never>;
  return {
    manifest,
    async train(options) {
      checkOptions<BackgroundTraining>("train", options, backgroundKinds);
      const { onProgress, signal, ...request } = options;
      // Where the worker has failed, the call itself says so.
      const abort = () => ask("abort", []).catch(() => {});
      signal?.addEventListener("abort", abort);
      try {
        if (signal?.aborted) return { steps: 0, epoch: 0, loss: Number.NaN, stoppedBy: "abort" };
        return (await ask("train", [request], onProgress)) as TrainAnswer;
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    infer: call("infer"),
    evaluate: call("evaluate"),
    init: call("init"),
    save: call("save"),
    restore: call("restore"),
  };
}
