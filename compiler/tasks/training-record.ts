/**
 * The record of a training run, JSON in a checkpoint's metadata: what it was made of and where it stands.
 *
 *   {"format":1,"model":"9f86...","step":40,"seed":1,"next":{"epoch":2,"position":0,"lossSum":0},...}
 */
import type { Best, Position, StoppingSettings } from "../../runtime/index.ts";
import {
  byName,
  either,
  finite,
  integer,
  type Kind,
  type Kinds,
  kind,
  listOf,
  object,
  oneOf,
  optional,
  text,
} from "../../runtime/kinds.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import { readRecord } from "../data/record.ts";
import type { FloatType } from "../graph/types.ts";
import type { ClassNames, ColumnNames } from "./fields.ts";

/** What a run is made of beside its data and its model; a resumed one must have the same. */
export interface RunSettings {
  /** Of initial values, dropout, the order of the rows and their split. */
  readonly seed: number;
  readonly batch: number;
  readonly dtype: FloatType;
  readonly testSplit: number;
  readonly validationSplit: number;
}

export interface TrainingRecord extends RunSettings {
  readonly format: 1;
  /** Hash of the model, as in the manifest: states can be exchanged where it is the same. */
  readonly model: string;
  /** Fingerprint of the inference graph: weights can be used where it is the same. */
  readonly inference: string;
  /** Steps taken. */
  readonly step: number;
  /** Where to go on. */
  readonly next: Position;
  /** SHA-256 of the rows trained with. */
  readonly data: string;
  readonly classNames: ClassNames;
  /** Absent where no CSV was read, and in files written before columns had names. */
  readonly columns?: ColumnNames | undefined;
  /** Of a run with early stopping: when to stop, and the best epoch so far, whose parameters are the tensors best:NAME. */
  readonly stopping?: StoppingSettings | undefined;
  readonly best?: Omit<Best, "parameters"> | undefined;
}

/** SHA-256, hex. */
const hash = kind("64 hexadecimal digits", (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value));
const names = byName(listOf(text));

/** A share of the rows, below 1. */
const share = kind("a number from 0 up to 1", (value) => typeof value === "number" && value >= 0 && value < 1);

/** JSON has no infinity, which a loss may be: it writes null. */
const best: Kind = object({ epoch: integer(), loss: either("a number", finite, oneOf(null)), waited: integer() });

const recordKinds: Kinds<TrainingRecord> = {
  format: oneOf(1),
  model: hash,
  inference: hash,
  step: integer(),
  seed: integer(),
  batch: integer(1),
  dtype: oneOf("f32", "f64"),
  testSplit: share,
  validationSplit: share,
  next: object({ epoch: integer(), position: integer(), lossSum: finite }),
  data: hash,
  classNames: names,
  columns: optional(names),
  stopping: optional(object({ patience: integer(1), minDelta: optional(finite) })),
  best: optional(best),
};

/** Throws a CheckpointError for what no run has written. */
export function parseTrainingRecord(json: string, file: string): TrainingRecord {
  const { record, fault } = readRecord<TrainingRecord>(json, object(recordKinds));
  if (fault === undefined && record.best === undefined) return record;
  if (fault === undefined && record.best && record.stopping)
    return { ...record, best: { ...record.best, loss: record.best.loss ?? Number.POSITIVE_INFINITY } };
  const found = fault ?? "best: expected stopping beside it, got none";
  // Only a version to come may say more.
  const code = /^format: /.test(found) ? "checkpoint/format" : "checkpoint/bad-record";
  const reason = `the record of its run is not one that this version of nabla writes: ${found}`;
  throw new CheckpointError({ code, file, reason });
}
