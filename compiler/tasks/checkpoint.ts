/**
 * A training run on disk: parameters and optimiser state as tensors, and in the metadata where the run stands.
 *
 *   "nabla.training": {"format":1,"model":"9f86...","step":40,"seed":1,"next":{"epoch":2,"position":0,"lossSum":0},...}
 */
import type { Best, Net, SavedState } from "../../runtime/index.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../data/checkpoint.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import { quote } from "../data/errors.ts";
import type { Tensor } from "../data/safetensors.ts";
import { parseTrainingRecord, type TrainingRecord } from "./training-record.ts";

export type { RunSettings, TrainingRecord } from "./training-record.ts";

export interface TrainingCheckpoint extends Checkpoint {
  readonly file: string;
  /** Undefined for a file that another program wrote, or `nabla train` did not. */
  readonly record: TrainingRecord | undefined;
}

const recordKey = "nabla.training";

/** No parameter's name begins so: names are identifiers joined by dots. */
export const bestPrefix = "best:";

/** Replaces the file as a whole; the one before is kept beside it. */
export function saveTraining(
  file: string,
  net: Net,
  record: Omit<TrainingRecord, "format" | "step" | "best">,
  best?: Best,
): void {
  const { tensors, step } = net.save();
  const { parameters = {}, ...found } = best ?? {};
  const full: TrainingRecord = {
    format: 1,
    ...record,
    step,
    ...(best ? { best: found as Omit<Best, "parameters"> } : {}),
  };
  const all = [...toTensors(net, tensors), ...bestTensors(net, parameters)];
  writeCheckpoint(file, new Map(all), new Map([[recordKey, JSON.stringify(full)]]));
}

/** Bytes of a file of saveTraining, or a few more. */
export function sizeOfTraining(net: Net, keepsBest: boolean): number {
  const tensors = [...statesOf(net), ...(keepsBest ? net.manifest.parameters : [])];
  const width = { f32: 4, f64: 8, i32: 4 };
  const sizes = tensors.map(
    ({ dims, dtype }) => dims.reduce((product, extent) => product * extent, width[dtype]) + 120,
  );
  return sizes.reduce((sum, size) => sum + size, 2048);
}

/** What a module that ships is built with: the parameters of the best epoch, where the run kept them, else the last. */
export function shippedWeights({ tensors, record }: TrainingCheckpoint): Map<string, Tensor["data"]> {
  const kept = record?.best ? bestPrefix : "";
  const own = [...tensors].filter(([name]) => !name.startsWith(bestPrefix) || record?.best === undefined);
  return new Map(own.map(([name, { data }]) => [name, tensors.get(kept + name)?.data ?? data]));
}

/** The best epoch that a run had found; undefined for a run without early stopping, or before its first epoch's end. */
export function bestOf(net: Net, checkpoint: TrainingCheckpoint): Best | undefined {
  const best = checkpoint.record?.best;
  if (!best) return undefined;
  const parameters = net.manifest.parameters.map(({ name }) => {
    const tensor = checkpoint.tensors.get(bestPrefix + name);
    if (tensor) return [name, tensor.data] as const;
    const reason = `it has no tensor "${bestPrefix}${name}"`;
    throw new CheckpointError({ code: "checkpoint/missing-tensor", file: checkpoint.file, reason });
  });
  return { ...best, parameters: Object.fromEntries(parameters) };
}

/** Throws a CheckpointError for a file that is damaged or cannot be read. */
export function openTraining(file: string): TrainingCheckpoint {
  const checkpoint = readCheckpoint(file);
  const text = checkpoint.metadata.get(recordKey);
  const record = text === undefined ? undefined : parseTrainingRecord(text, file);
  if (record?.best) requireBest(checkpoint, file);
  return { ...checkpoint, file, record };
}

/** Each of the best epoch's tensors is that of a tensor that is there, of its shape. */
function requireBest({ tensors }: Checkpoint, file: string): void {
  const kept = [...tensors].filter(([name]) => name.startsWith(bestPrefix));
  const refuse = (reason: string) => new CheckpointError({ code: "checkpoint/missing-tensor", file, reason });
  if (kept.length === 0) throw refuse(`it has no tensor "${bestPrefix}..." of the best epoch`);
  for (const [name, { shape }] of kept) {
    const last = tensors.get(name.slice(bestPrefix.length));
    if (last?.shape.join() !== shape.join())
      throw refuse(`it has no tensor ${quote(name.slice(bestPrefix.length))} of the shape of ${quote(name)}`);
  }
}

/** The checkpoint's record; throws a CheckpointError for a file without one, from which no run can go on. */
export function requireRecord({ file, record }: TrainingCheckpoint): TrainingRecord {
  if (record) return record;
  const reason = "it holds tensors, but not where a training run stands";
  const hint = "Only a file that nabla train wrote can be resumed; nabla build --weights takes this one.";
  throw new CheckpointError({ code: "checkpoint/no-run", file, reason, hint });
}

/** Puts the net where the checkpoint was. Throws a CheckpointError, with the net as it was, for one of another model. */
export function restoreTraining(net: Net, checkpoint: TrainingCheckpoint): void {
  const { file, tensors } = checkpoint;
  const { model, step, seed } = requireRecord(checkpoint);
  const refuse = (code: string, reason: string, hint?: string) => new CheckpointError({ code, file, reason, hint });
  if (model !== net.manifest.hash) {
    const reason = `it is of another model: expected ${shortHash(net.manifest.hash)}, got ${shortHash(model)}`;
    throw refuse("checkpoint/other-model", reason, "The model file has changed since: train anew, without --resume.");
  }
  const values: Record<string, Tensor["data"]> = Object.create(null);
  for (const { name, dims } of statesOf(net)) {
    const tensor = tensors.get(name);
    if (!tensor) throw refuse("checkpoint/missing-tensor", `it has no tensor "${name}"`);
    if (tensor.shape.join() !== dims.join()) {
      const reason = `tensor "${name}": expected [${dims.join(", ")}], got [${tensor.shape.join(", ")}]`;
      throw refuse("checkpoint/shape", reason);
    }
    const bad = isParameter(net, name) ? tensor.data.findIndex((value) => !Number.isFinite(value)) : -1;
    if (bad >= 0)
      throw refuse("checkpoint/range-weights", `${name}[${bad}]: expected a finite number, got ${tensor.data[bad]}`);
    values[name] = tensor.data;
  }
  net.restore({ format: 1, hash: model, tensors: values, step, seed });
}

const isParameter = ({ manifest }: Net, name: string): boolean =>
  manifest.parameters.some((slot) => slot.name === name);

const shortHash = (hash: string | undefined): string => (hash ?? "none").slice(0, 12);

const statesOf = ({ manifest }: Net) => [...manifest.parameters, ...manifest.optimizer];

function bestTensors({ manifest }: Net, values: Best["parameters"]): [string, Tensor][] {
  return manifest.parameters.flatMap(({ name, dims }) => {
    const data = values[name];
    return data ? [[bestPrefix + name, toTensor(data, dims)] as [string, Tensor]] : [];
  });
}

function toTensors(net: Net, tensors: SavedState["tensors"]): Map<string, Tensor> {
  return new Map(statesOf(net).map(({ name, dims }) => [name, toTensor(tensors[name]!, dims)]));
}

function toTensor(data: SavedState["tensors"][string], shape: readonly number[]): Tensor {
  if (data instanceof Float64Array) return { dtype: "F64", shape, data };
  return data instanceof Float32Array ? { dtype: "F32", shape, data } : { dtype: "I32", shape, data };
}
