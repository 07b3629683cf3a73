/**
 * A network as plain JavaScript, for engines without WebAssembly: one ES module without imports, and its types. The bits are
 * those of the module; the loader's calls are the same.
 *
 *   writeJs(wasm, manifest)  ->  export const load = async () => openPlain(signature, instantiate());
 */
import { namedSlots } from "../../../runtime/names.ts";
import { decodeSection } from "../../../runtime/section.ts";
import { bundleLoader, runtimeFile } from "../../bindings/bundle.ts";
import { writeDeclarations } from "../../bindings/declarations.ts";
import type { Manifest } from "../../bindings/manifest.ts";
import { encodeSection } from "../../bindings/section.ts";
import type { Bindings } from "../../bindings/write.ts";
import { scalarize } from "../scalar/scalarize.ts";
import { translate } from "./translate.ts";

export const writeJs = (wasm: Uint8Array, manifest: Manifest): Bindings => ({
  js: bundleLoader(moduleText(wasm, manifest)),
  dts: writeDeclarations(manifest, LOAD),
});

/** The signature stands there decoded: what there is no WebAssembly in may have no TextDecoder either. */
function moduleText(wasm: Uint8Array, manifest: Manifest): string {
  const signature = decodeSection(encodeSection(manifest) as BufferSource);
  const open = manifest.mode === "train" ? "openPlain" : "openPlainInference";
  const named = namedSlots(manifest).length > 0;
  return `
    import { ${open} as open } from "${runtimeFile("plain")}";
    ${named ? `import { takeNames } from "${runtimeFile("names")}";` : ""}
    const signature = ${JSON.stringify(signature)};
    ${translate(scalarize(wasm))}
    export const load = async () => ${named ? "takeNames(open(signature, instantiate()))" : "open(signature, instantiate())"};`;
}

const LOAD = `/** Each call gives a network of its own. */
export declare function load(): Promise<Net>;`;
