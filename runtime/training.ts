/**
 * The training half of the loader: steps, evaluation, and the state between them.
 *
 *   net.init(1);                          // load has done this already, with the model's own seed
 *   net.step({ pixels }, { digit })       // -> loss
 *   net.evaluate({ pixels }, { digit })   // -> { loss, logits }
 */
import { countRows, readRows, toNumbers, writeRows } from "./feed.ts";
import { type Core, type Entry, type Outputs, openOutputs } from "./infer.ts";
import { type Given, type Memory, openPorts, type Tensor, viewAt } from "./port.ts";
import { byName, openState, type State } from "./state.ts";
import { checkInteger } from "./wrong.ts";

export type Evaluated = Outputs & { loss: number };

export interface Training extends State {
  /** Sets the parameters to their initial values for `seed` (0 to 2^32 - 1), the optimiser and the step counter to zero. */
  init(seed: number): void;
  /**
   * One optimiser step on `n` rows, 1 to the batch; gives the loss before it. Throws a TypeError or RangeError for values
   * that do not fit and for a label out of range; then nothing has changed.
   */
  step(inputs: Given, targets: Given, n?: number): number;
  /** The loss and the outputs of `n` rows, 1 to the batch; changes nothing. Throws as `step` does. */
  evaluate(inputs: Given, targets: Given, n?: number): Evaluated;
  /** The module's, where the manifest says what lies. */
  readonly memory: Memory;
  /** Live views of the module's memory; `parameters["b"] = values` copies. */
  readonly parameters: Record<string, Tensor>;
  readonly optimizer: Record<string, Tensor>;
}

export function openTraining({ signature, entries, inputs, outputs }: Core): Training {
  const targets = openPorts(entries.memory, signature.targets, "target", signature.batch);
  const parameters = openPorts(entries.memory, signature.parameters, "parameter");
  const optimizer = openPorts(entries.memory, signature.optimizer, "optimizer");
  const loss = viewAt(entries.memory, signature.dtype, signature.loss!);

  /** Runs an entry on the rows given; how many they are. */
  function run(entry: Entry, values: Given, truth: Given, n: number | undefined): number {
    const rows = countRows(inputs, "inputs", values, n, signature.batch);
    if (!(rows && countRows(targets, "targets", truth, rows, signature.batch)))
      return run(entry, toNumbers(inputs, values), toNumbers(targets, truth), n);
    writeRows(inputs, values, 0, rows);
    writeRows(targets, truth, 0, rows);
    checkInteger("status", entry(rows), 0, 0);
    return rows;
  }

  if (!signature.weights) entries.init!(viewAt(entries.memory, "i32", signature.seed!)[0]!);
  return {
    init(seed) {
      checkInteger("seed", seed);
      entries.init!(seed);
    },
    step: (values, truth, n) => {
      run(entries.step!, values, truth, n);
      return loss[0]!;
    },
    evaluate(values, truth, n) {
      const rows = run(entries.evaluate!, values, truth, n);
      const result = openOutputs(outputs, rows) as Evaluated;
      readRows(outputs, result, 0, rows);
      result.loss = loss[0]!;
      return result;
    },
    memory: entries.memory,
    parameters: byName(parameters),
    optimizer: byName(optimizer),
    ...openState(signature, entries.memory, [...parameters, ...optimizer]),
  };
}
