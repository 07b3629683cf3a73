/** What `trainModel` can be asked for, what each option must be, and what it tells of a run that has started. */
import type { BestKeeper, EpochReport, Net, Position, StepReport, StoppingSettings } from "../../runtime/index.ts";
import {
  anything,
  checkOptions,
  finite,
  fn,
  integer,
  type Kinds,
  kind,
  numberFrom,
  object,
  optional,
  text,
} from "../../runtime/kinds.ts";
import type { Built } from "../compile.ts";
import { type Model, requireModel } from "../dsl/model.ts";
import type { TileTable } from "../loop/tile-table.ts";
import { columnMap, dataSource, dtype } from "../option-kinds.ts";
import type { RunSettings } from "./checkpoint.ts";
import type { FoundNames } from "./fields.ts";
import type { TrainingData, TrainingDataRequest } from "./training-data.ts";

export interface TrainModelOptions
  extends Omit<TrainingDataRequest, "seed" | keyof FoundNames>,
    Omit<Partial<RunSettings>, "testSplit" | "validationSplit"> {
  readonly model: Model;
  /** In all, those of a run that is resumed included. */
  readonly epochs: number;
  /**
   * Where to keep the run; nowhere unless said. Written every few seconds, or after every `every` epochs, at the end, when
   * stopped, and when the run fails.
   */
  readonly checkpoint?: { readonly file: string; readonly every?: number };
  /** The checkpoint to go on from, to the same bits as if the run had never stopped. */
  readonly resume?: string;
  /** Early stopping by the validation loss; the result has the parameters of the best epoch. As in the run resumed, if not said. */
  readonly stopping?: StoppingSettings | undefined;
  /** The tiles found for a build of that element type and batch; they change no bit, only the time. */
  readonly tiles?: (kind: Partial<RunSettings>) => TileTable | undefined;
  /** Stops between two steps. */
  readonly signal?: { readonly aborted: boolean };
  /** Called once and awaited, before the first step. */
  readonly onStart?: (run: StartedRun) => void | Promise<void>;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport) => void;
}

export interface StartedRun {
  readonly built: Built;
  readonly net: Net;
  readonly data: TrainingData;
  readonly settings: RunSettings;
  /** Where it begins: not at 0 where it goes on from a checkpoint. */
  readonly start: Position;
  /** Of a run with early stopping. */
  readonly best: BestKeeper | undefined;
  readonly stopping: StoppingSettings | undefined;
}

const signal = kind("an AbortSignal", (value) => typeof (value as AbortSignal | null)?.aborted === "boolean");
const fraction = numberFrom(0, 1);

const trainKinds: Kinds<TrainModelOptions> = {
  model: anything,
  data: dataSource,
  test: optional(dataSource),
  testSplit: optional(fraction),
  validationSplit: optional(fraction),
  map: optional(columnMap),
  seed: optional(integer()),
  batch: optional(integer(1)),
  dtype: optional(dtype),
  epochs: integer(),
  checkpoint: optional(object({ file: text, every: optional(integer(1)) })),
  resume: optional(text),
  stopping: optional(object({ patience: integer(1), minDelta: optional(finite) })),
  tiles: optional(fn),
  signal: optional(signal),
  onStart: optional(fn),
  onStep: optional(fn),
  onEpoch: optional(fn),
};

export function checkTrainModel(options: TrainModelOptions): void {
  checkOptions<TrainModelOptions>("trainModel", options, trainKinds);
  requireModel("trainModel", options.model);
}
