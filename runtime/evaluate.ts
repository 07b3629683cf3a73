/**
 * Judges a network on any number of rows.
 *
 *   await evaluate(net, { inputs: { pixels }, targets: { digit } })
 *   // -> { rows: 1500, loss: 0.21, accuracy: 0.94, outputs: { logits: Float32Array(15000) } }
 */
import { type GivenData, openBatches } from "./batches.ts";
import type { Outputs } from "./infer.ts";
import { accuracy } from "./metrics.ts";
import { pacer } from "./pause.ts";
import { ARRAYS, type Given, type Memory, type Values } from "./port.ts";
import { elementCount, type Signature } from "./section.ts";
import { openTotal } from "./total.ts";
import type { Evaluated } from "./training.ts";

export interface Evaluation {
  readonly rows: number;
  /** Of all rows, as if one call had taken them: a weighted mean, for instance, is divided by the sum of all weights. */
  readonly loss: number;
  /** For a network in which the loss compared one output with a target of labels. */
  readonly accuracy?: number;
  /** Row after row, in the order of the data. */
  readonly outputs: Outputs;
}

/** What can be judged: the net of `load`, or the typed one of generated bindings. */
export interface Evaluable {
  readonly manifest: Signature;
  /** Where a loss that is no mean over rows has its sums. */
  readonly memory?: Memory;
  evaluate(inputs: Given, targets: Given, n?: number): { readonly loss: number };
}

/** Rejects as `net.evaluate` throws for data that does not fit. */
export async function evaluate(net: Evaluable, data: GivenData): Promise<Evaluation> {
  const { batch } = net.manifest;
  const { rows, gather, values } = openBatches(net.manifest, data, batch);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const outputs: Outputs = {};
  const pause = pacer();
  const total = openTotal(net);
  for (let start = 0; start < rows; start += batch) {
    const n = Math.min(batch, rows - start);
    const { inputs, targets } = gather(order, start, n);
    const isLast = start + n === rows;
    const part = total.take(n, isLast, () => net.evaluate(inputs, targets, n) as Evaluated);
    for (const { name, dims, dtype } of net.manifest.outputs) {
      const size = elementCount(dims);
      if (start === 0) outputs[name] = new ARRAYS[dtype](rows * size);
      outputs[name]!.set(part[name]!, start * size);
    }
    await pause();
  }
  return { rows, loss: total.loss(), accuracy: accuracyOf(net.manifest, outputs, values.targets), outputs };
}

/** Of the one pair of output and target that there is, as the loss compared them or, unknown that, as their sizes fit. */
function accuracyOf(signature: Signature, outputs: Outputs, targets: Values): number | undefined {
  const isKnown = signature.outputs.some(({ scores }) => scores);
  const pairs = signature.targets
    .filter(({ classes, dims }) => classes && elementCount(dims) === 1)
    .flatMap(({ name: target, classes }) =>
      signature.outputs
        .filter(({ scores, dims }) => (isKnown ? scores === target : elementCount(dims) === classes))
        .map(({ name: output }) => accuracy(outputs[output]!, targets[target]!, classes!)),
    );
  return pairs.length === 1 ? pairs[0] : undefined;
}
