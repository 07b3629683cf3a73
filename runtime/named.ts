/**
 * The loader of "nabla/runtime": as load.ts and infer.ts have it, and names of classes and columns where a module knows them.
 */

import { type InferenceNet, loadInference as openInference } from "./infer.ts";
import { type Net, load as open } from "./load.ts";
import { inferByName, takeNames } from "./names.ts";
import type { Source } from "./source.ts";

/**
 * Rejects for what is no Nabla module. A module built for inference gives a net that has `infer` and `manifest` alone, and
 * `loadInference` says so in its type.
 */
export const load = async (source: Source | PromiseLike<Source>): Promise<Net> => takeNames(await open(source));

/** Loads a module for `infer` alone: what a page ships. Rejects for what is no Nabla module. */
export const loadInference = async (source: Source | PromiseLike<Source>): Promise<InferenceNet> =>
  inferByName(await openInference(source));
