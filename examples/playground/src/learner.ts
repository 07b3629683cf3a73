/** The page's side of the worker: each command is a promise, reports come on the way. */
import type { Commands, Message, Report } from "./protocol.ts";

export type Learner = {
  [Name in keyof Commands]: (...args: Parameters<Commands[Name]>) => Promise<ReturnType<Commands[Name]>>;
};

interface Question {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export function startLearner(onReport: (report: Report) => void): Learner {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const open = new Map<number, Question>();
  let count = 0;
  worker.onmessage = ({ data }: { data: Message }) => {
    if ("report" in data) {
      onReport(data.report);
      learner.seen();
      return;
    }
    const question = open.get(data.id);
    open.delete(data.id);
    if ("error" in data) question?.reject(new Error(data.error));
    else question?.resolve(data.result as never);
  };
  let failure: Error | undefined;
  worker.onerror = ({ message }) => {
    failure = new Error(`The worker failed: ${message || "its script could not be loaded"}`);
    for (const { reject } of open.values()) reject(failure);
    open.clear();
  };
  const command =
    (name: keyof Commands) =>
    (...args: unknown[]) =>
      new Promise<never>((resolve, reject) => {
        if (failure) throw failure;
        const id = count++;
        open.set(id, { resolve, reject });
        worker.postMessage({ id, name, args });
      });
  const learner: Learner = {
    open: command("open"),
    run: command("run"),
    pause: command("pause"),
    setRate: command("setRate"),
    setPace: command("setPace"),
    seen: command("seen"),
    infer: command("infer"),
    teach: command("teach"),
  };
  return learner;
}
