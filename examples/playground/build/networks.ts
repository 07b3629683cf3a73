/** All networks of the page, compiled for training, in the order of `variants`. */
import { compile } from "nabla/compiler";
import { variantName, variants } from "../models/choices.ts";
import { modelOf } from "../models/model.ts";

export async function compileNetworks(): Promise<Uint8Array[]> {
  const modules: Uint8Array[] = [];
  for (const choice of variants) {
    const { wasm } = await compile(modelOf(choice), { mode: "train", name: variantName(choice).replaceAll(" ", "-") });
    modules.push(wasm);
  }
  return modules;
}
