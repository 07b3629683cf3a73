/** What a request to train in the background must be: checked in the page, and in the worker, which others may ask. */
import { integer, type Kinds, numberFrom, object, optional, thing } from "./kinds.ts";
import type { TrainRequest } from "./serve.ts";

export const requestKinds: Kinds<TrainRequest> = {
  data: optional(object({ inputs: thing, targets: thing })),
  steps: optional(integer(0, Number.MAX_SAFE_INTEGER)),
  deadlineMs: optional(numberFrom(0)),
  seed: optional(integer()),
};
