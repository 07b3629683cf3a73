/**
 * What ?trained has kept of an earlier build: weights, and a record of how good they were. Either may be damaged, and is then
 * known to be, so that it can be made again.
 *
 *   {"epochs":50,"test":{"loss":0.21,"rows":30,"accuracy":0.97}}
 */
import { existsSync, readFileSync } from "node:fs";
import { finite, integer, type Kinds, numberFrom, object, oneOf, optional } from "../../runtime/kinds.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import { type ReadRecord, readRecord } from "../data/record.ts";
import type { Tested } from "../tasks/accuracy.ts";
import { openTraining } from "../tasks/checkpoint.ts";

export interface CacheRecord {
  readonly epochs: number;
  /** Of the rows held out, where there are any. */
  readonly test?: Tested;
}

/** What the record must say where nobody has changed it. */
interface Expected {
  readonly epochs: number;
  /** Whether rows were held out. */
  readonly isTested: boolean;
}

const testKinds: Kinds<Tested> = { loss: finite, rows: integer(1), accuracy: optional(numberFrom(0, 1)) };

/** Neither record nor fault where nothing has been kept. */
export function readCache(
  weights: string,
  recordFile: string,
  { epochs, isTested }: Expected,
): ReadRecord<CacheRecord> | { readonly record?: undefined; readonly fault?: undefined } {
  if (!existsSync(weights) || !existsSync(recordFile)) return {};
  const kinds: Kinds<CacheRecord> = {
    epochs: oneOf(epochs),
    test: isTested ? object(testKinds) : oneOf(undefined),
  };
  try {
    const { verified, record } = openTraining(weights);
    if (!verified || record?.next.epoch !== epochs) return { fault: "its weights are not those of that training" };
    return readRecord(readFileSync(recordFile, "utf8"), object(kinds));
  } catch (error) {
    if (error instanceof CheckpointError || (error as NodeJS.ErrnoException).code !== undefined)
      return { fault: (error as Error).message.replace(/\s*\n\s*/g, " ") };
    throw error;
  }
}
