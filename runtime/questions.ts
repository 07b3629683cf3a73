/**
 * Questions to a worker, each a promise. When the worker fails, all that are open reject with what happened, and so does each
 * that is asked later.
 *
 *   const ask = openQuestions(worker);
 *   await ask("infer", [{ pixels }])
 */
import { listen, type WorkerPort } from "./channel.ts";
import type { Answer, Progress, Request } from "./serve.ts";

export type Ask = (
  call: Request["call"],
  args: readonly unknown[],
  onProgress?: (progress: Progress) => void,
) => Promise<unknown>;

interface Question {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** Over all workers, so that an answer to what somebody else asked of this one is told apart. */
let count = 0;

/** `started` rejects where the worker does not say within `timeoutMs` that it is there. */
export function openQuestions(worker: WorkerPort, timeoutMs: number): { ask: Ask; started: Promise<unknown> } {
  const open = new Map<number, Question>();
  let failure: Error | undefined;
  const first = count;
  const fail = (what: string) => {
    failure ??= new Error(`the worker failed: ${what}`);
    for (const { reject } of open.values()) reject(failure);
    open.clear();
  };
  const hear = (data: unknown) => {
    const { id, result, error, progress } = (data ?? {}) as Partial<Answer>;
    const question = open.get(id!);
    if (id! < first) return;
    if (!question)
      return fail(
        id === undefined && error ? error.message : `expected an answer of "nabla/worker", got ${shown(data)}`,
      );
    if (progress) return question.onProgress?.(progress);
    open.delete(id!);
    if (error) question.reject(revived(error));
    else question.resolve(result);
  };
  listen(worker, hear, fail);
  const ask: Ask = (call, args, onProgress) =>
    new Promise((resolve, reject) => {
      if (failure) throw failure;
      const id = count++;
      worker.postMessage({ id, call, args } satisfies Request);
      open.set(id, { resolve, reject, onProgress });
    });
  const timer = setTimeout(
    () => fail(`no answer within ${timeoutMs / 1000} s; its script has to be "nabla/worker", or to import that`),
    timeoutMs,
  );
  return { ask, started: ask("hello", []).finally(() => clearTimeout(timer)) };
}

const KINDS = { TypeError, RangeError };

/** The error that was thrown in the worker, of its kind again. */
function revived({ name, message }: NonNullable<Answer["error"]>): Error {
  const Kind = KINDS[name as keyof typeof KINDS] ?? Error;
  return new Kind(message);
}

/** At most a line. */
function shown(data: unknown): string {
  if (typeof data !== "object" || !data)
    return typeof data === "string" ? JSON.stringify(data.slice(0, 60)) : `${data}`;
  return `{ ${Object.keys(data).slice(0, 8).join(", ")} }`;
}
