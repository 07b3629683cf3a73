/**
 * The page's side of training in the background: the page paints and answers clicks while a worker takes steps.
 *
 *   const worker = new Worker(new URL("nabla/worker", import.meta.url), { type: "module" });
 *   const trainer = await openTrainer(worker, fetch("digits.train.wasm").then((r) => r.arrayBuffer()));
 *   await trainer.train({ data, deadlineMs: 5000, onProgress: ({ loss }) => draw(loss), signal });
 *   (await trainer.infer({ pixels })).logits
 */
import type { Outputs } from "./infer.ts";
import type { Values } from "./port.ts";
import type { Signature } from "./section.ts";
import type { Answer, Port, Progress, Request, TrainAnswer, TrainRequest } from "./serve.ts";
import type { SavedState } from "./state.ts";
import type { Evaluated } from "./training.ts";

export interface BackgroundTraining extends TrainRequest {
  /** About twenty times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between two steps; the promise then fulfils with stoppedBy "abort". */
  readonly signal?: AbortSignal;
}

/** The network of a worker; each call is a message, and rejects as the net's own would throw. */
export interface Trainer {
  readonly manifest: Signature;
  /** Goes on where the last call stopped, in epochs over the data. One call at a time. */
  train(options: BackgroundTraining): Promise<TrainAnswer>;
  infer(inputs: Values, n?: number): Promise<Outputs>;
  evaluate(inputs: Values, targets: Values, n?: number): Promise<Evaluated>;
  init(seed: number): Promise<void>;
  save(): Promise<SavedState>;
  restore(state: SavedState): Promise<void>;
}

/** `source`: what a message can carry: bytes, a WebAssembly.Module, or a URL as text. */
export async function openTrainer(
  port: Port,
  source: BufferSource | WebAssembly.Module | string | PromiseLike<BufferSource | WebAssembly.Module | string>,
): Promise<Trainer> {
  const ask = openQuestions(port);
  const manifest = (await ask("load", [await source])) as Signature;
  const call =
    (name: Request["call"]) =>
    (...args: unknown[]) =>
      ask(name, args) as Promise<never>;
  return {
    manifest,
    async train({ onProgress, signal, ...request }) {
      const abort = () => ask("abort", []);
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

interface Question {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

function openQuestions(port: Port) {
  const open = new Map<number, Question>();
  let count = 0;
  port.onmessage = ({ data }) => {
    const { id, result, error, progress } = data as Answer;
    const question = open.get(id);
    if (!question) return;
    if (progress) return question.onProgress?.(progress);
    open.delete(id);
    if (error) question.reject(revived(error));
    else question.resolve(result);
  };
  return (call: Request["call"], args: readonly unknown[], onProgress?: (progress: Progress) => void) =>
    new Promise<unknown>((resolve, reject) => {
      const id = count++;
      open.set(id, { resolve, reject, onProgress });
      port.postMessage({ id, call, args } satisfies Request);
    });
}

const KINDS = { TypeError, RangeError };

/** The error that was thrown in the worker, of its kind again. */
function revived({ name, message }: NonNullable<Answer["error"]>): Error {
  const Kind = KINDS[name as keyof typeof KINDS] ?? Error;
  return new Kind(message);
}
