/** The modules of the page, fetched once, by choice. */
import { moduleLengths, networksUrl } from "virtual:assets";
import { type Choice, variantName, variants } from "../models/choices.ts";
import { cut, gunzip, unfold } from "./unpack.ts";

let modules: Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> | undefined;

export async function moduleOf(choice: Choice): Promise<Uint8Array<ArrayBuffer>> {
  modules ??= fetchModules();
  return (await modules).get(variantName(choice))!;
}

async function fetchModules() {
  const length = moduleLengths.reduce((sum, one) => sum + one, 0);
  const parts = cut(unfold(await gunzip(networksUrl), length), moduleLengths);
  return new Map(variants.map((choice, i) => [variantName(choice), parts[i]!]));
}
