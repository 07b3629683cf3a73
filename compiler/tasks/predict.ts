/**
 * Runs a built module on a data file.
 *
 *   await predict("digits.infer.wasm", { data: ["new.csv"] })
 *   // -> { rows: 28, outputs: [{ name: "logits", size: 10, values, classes: [7, 2, ...], labels: undefined }] }
 */
import { readFile } from "node:fs/promises";
import {
  argmax,
  type InferenceNet,
  loadInference,
  type Outputs,
  type Slot,
  type Tensor,
  type Values,
} from "../../runtime/index.ts";
import { takesRelaxedSimd } from "../../runtime/variant.ts";
import { readModule } from "../bindings/read-module.ts";
import { relaxedFile } from "../bindings/write.ts";
import { readDataset } from "../data/read.ts";
import type { ColumnMap } from "../data/types.ts";
import { elementCount } from "../graph/types.ts";
import { UserError } from "./errors.ts";
import { inferenceFields } from "./fields.ts";

export interface Predictions {
  readonly rows: number;
  readonly outputs: readonly PredictedOutput[];
}

export interface PredictedOutput {
  readonly name: string;
  /** Numbers of one row. */
  readonly size: number;
  /** Row after row. */
  readonly values: Tensor;
  /** The class of each row, where the module knows that the output scores classes. */
  readonly classes?: Int32Array;
  /** What they are called. */
  readonly labels?: readonly string[] | undefined;
}

export interface PredictOptions {
  readonly data: readonly string[];
  readonly map?: ColumnMap | undefined;
}

/** Rejects with a UserError for a file that is no module, and with a DataError for data that does not fit it. */
export async function predict(path: string, { data, map }: PredictOptions): Promise<Predictions> {
  const net = await openModule(path);
  const dataset = await readDataset({ files: data, fields: inferenceFields(net.manifest), ...(map ? { map } : {}) });
  const inputs = Object.fromEntries(net.manifest.inputs.map(({ name }) => [name, dataset.fields[name]!.data]));
  const results = answer(path, net, inputs, dataset.rows);
  return { rows: dataset.rows, outputs: net.manifest.outputs.map((slot) => describe(slot, results[slot.name]!)) };
}

async function openModule(path: string): Promise<InferenceNet> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UserError(`${path}: expected a module that nabla build wrote: ${error.message}`);
  });
  try {
    const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
    const { signature, fault } = readModule(module);
    if (!signature) throw new Error(fault);
    if (signature.mode === "infer") return await loadInference(module);
  } catch (error) {
    throw new UserError(`${path}: ${refusal(path, error as Error)}`);
  }
  throw new UserError(`${path}: expected a module built for inference, got one for training, which holds no weights`);
}

/** Inputs were checked, so what the module does not bear is its own fault. */
function answer(path: string, net: InferenceNet, inputs: Values, rows: number): Outputs {
  try {
    return net.infer(inputs, rows);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    throw new UserError(`${path}: ${refusal(path, error)}`);
  }
}

const refusal = (path: string, { message }: Error): string =>
  path.endsWith(relaxedFile(".wasm")) && !takesRelaxedSimd()
    ? `expected an engine for relaxed SIMD, got Node ${process.versions.node}: run the module beside it (${message})`
    : `expected a module that nabla build wrote, got another file (${message})`;

function describe({ name, dims, classes, labels }: Slot, values: Tensor): PredictedOutput {
  const size = elementCount(dims, 1);
  if (classes !== size) return { name, size, values };
  const answers = Int32Array.from({ length: values.length / size }, (_, row) => argmax(values, row, size));
  return { name, size, values, classes: answers, labels };
}
