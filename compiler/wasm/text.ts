/** A module as WebAssembly text, instructions folded into expressions, through wabt. */
import wabt from "wabt";

export async function wasmText(wasm: Uint8Array): Promise<string> {
  const module = (await wabt()).readWasm(wasm, {
    readDebugNames: true,
    simd: true,
    bulk_memory: true,
    relaxed_simd: true,
  });
  try {
    module.generateNames();
    module.applyNames();
    return module.toText({ foldExprs: true, inlineExport: false });
  } finally {
    module.destroy();
  }
}
