/** What a request to train in the background must be: checked in the page, and in the worker, which others may ask. */

import type { GivenData } from "./batches.ts";
import { integer, type Kinds, numberFrom, object, optional, thing } from "./kinds.ts";

export interface TrainRequest {
  /** Rows to learn from; the last ones where left out. */
  readonly data?: GivenData;
  /** Most steps to take; no limit unless said. */
  readonly steps?: number;
  /** Milliseconds after which no further step begins; no limit unless said. */
  readonly deadlineMs?: number;
  /** Of the order of the rows, 0 to 2^32 - 1; 0 unless said. */
  readonly seed?: number;
}

export const requestKinds: Kinds<TrainRequest> = {
  data: optional(object({ inputs: thing, targets: thing })),
  steps: optional(integer(0, Number.MAX_SAFE_INTEGER)),
  deadlineMs: optional(numberFrom(0)),
  seed: optional(integer()),
};
