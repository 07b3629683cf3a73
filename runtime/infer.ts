/**
 * The inference half of the loader. A call checks, copies in, runs, copies out; nothing else happens per call, since a
 * small network takes less than a microsecond.
 *
 *   const net = await loadInference(source);
 *   net.infer({ pixels })   // -> { logits: Float32Array(10) }
 */
import { countRows, readRows, toNumbers, writeRows } from "./feed.ts";
import { ARRAYS, type Asked, checkLength, type Given, type Memory, openPorts, type Port, type Tensor } from "./port.ts";
import { decodeSection, type Signature } from "./section.ts";
import { compileSource, type Source } from "./source.ts";
import { checkInteger } from "./wrong.ts";

export type Outputs = Record<string, Tensor>;

export interface InferenceNet {
  /** What the module says about itself. */
  readonly manifest: Signature;
  /**
   * Runs `n` rows (what the first input holds, where not given; any number, in chunks of the batch) and gives copies of the
   * outputs, row after row: in fresh arrays, or in those of `into`, the outputs of an earlier call of as many rows, which
   * leaves nothing to collect. Throws a TypeError or RangeError, before anything runs, for what does not fit.
   */
  infer(inputs: Asked, n?: number, into?: Outputs): Outputs;
}

/** Gives 0; 1 for n outside 1 to the batch; 2 + k for a label of field k out of its range: targets first, then inputs. */
export type Entry = (n: number) => number;

export interface Entries {
  readonly memory: Memory;
  readonly infer: Entry;
  /** This and the rest: in a train module only. */
  readonly init?: (seed: number) => void;
  readonly step?: Entry;
  readonly evaluate?: Entry;
}

/** What the calls of one instance share. */
export interface Core {
  readonly signature: Signature;
  readonly entries: Entries;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export async function openCore(source: Source | PromiseLike<Source>): Promise<Core> {
  const module = await compileSource(source);
  return coreOf(
    decodeSection(WebAssembly.Module.customSections(module, "nabla")[0]),
    (await WebAssembly.instantiate(module)).exports as unknown as Entries,
  );
}

export const coreOf = (signature: Signature, entries: Entries): Core => ({
  signature,
  entries,
  inputs: openPorts(entries.memory, signature.inputs, "input", signature.batch),
  outputs: openPorts(entries.memory, signature.outputs, "output", signature.batch),
});

export function openInference({ signature, entries, inputs, outputs }: Core): InferenceNet {
  const infer = (given: Given, n?: number, into?: Outputs): Outputs => {
    const rows = countRows(inputs, "inputs", given, n);
    // What is no array of numbers yet is made one.
    if (!rows) return infer(toNumbers(inputs, given), n, into);
    const result = openOutputs(outputs, rows, into);
    for (let start = 0; start < rows; start += signature.batch) {
      const count = Math.min(signature.batch, rows - start);
      writeRows(inputs, given, start, count);
      // Values were checked before the call, so another status means that signature and code disagree.
      checkInteger("status", entries.infer(count), 0, 0);
      readRows(outputs, result, start, count);
    }
    return result;
  };
  return { manifest: signature, infer: infer as InferenceNet["infer"] };
}

/** The arrays of a call's result: zeros for now, or those of `into`. Throws a RangeError unless these are of `rows` rows. */
export function openOutputs(outputs: readonly Port[], rows: number, into?: Outputs): Outputs {
  const result = into ?? {};
  for (let k = 0; k < outputs.length; k++) {
    const { name, size, dtype } = outputs[k]!;
    if (into) checkLength(outputs[k]!, into[name], rows);
    else result[name] = new ARRAYS[dtype](rows * size);
  }
  return result;
}

/** Loads a module for `infer` alone: what a page ships. Rejects for what is no Nabla module. */
export const loadInference = async (source: Source | PromiseLike<Source>): Promise<InferenceNet> =>
  openInference(await openCore(source));
