/**
 * The loader for engines without WebAssembly: the module is JavaScript, its exports are given, and nothing of the host is
 * used.
 *
 *   const net = openPlain(signature, instantiate());
 */
import { coreOf, type Entries, type InferenceNet, openInference } from "./infer.ts";
import type { Net } from "./load.ts";
import type { Signature } from "./section.ts";
import { openTraining } from "./training.ts";

/** Of a train module. */
export function openPlain(signature: Signature, entries: Entries): Net {
  const core = coreOf(signature, entries);
  return Object.assign(openInference(core), openTraining(core));
}

export const openPlainInference = (signature: Signature, entries: Entries): InferenceNet =>
  openInference(coreOf(signature, entries));
