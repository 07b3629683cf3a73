/**
 * The loader: bytes, a module, a response or a URL becomes a network to call.
 *
 *   const net = await load(bytes);
 *   net.init(1);
 *   net.step({ pixels }, { digit });            // -> loss; parameters and optimiser state have moved
 *   net.infer({ pixels }).logits;
 *   net.restore(structuredClone(net.save()));   // goes on with the same bits
 */
import { type InferenceNet, openCore, openInference } from "./infer.ts";
import type { Source } from "./source.ts";
import { openTraining, type Training } from "./training.ts";

export interface Net extends InferenceNet, Training {}

/**
 * Rejects for what is no Nabla module. A module built for inference gives a net that has `infer` and `manifest` alone, and
 * `loadInference` says so in its type.
 */
export async function load(source: Source | PromiseLike<Source>): Promise<Net> {
  const core = await openCore(source);
  return { ...openInference(core), ...(core.entries.step && openTraining(core)) } as Net;
}
