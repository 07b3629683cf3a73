/**
 * A scalar module as a function of JavaScript that gives its exports, through Binaryen's wasm2js.
 *
 *   translate(scalarize(wasm))  ->  function instantiate() { ... return { memory, infer }; }
 */
import { internalError } from "../../diagnostics.ts";
import { readBinary } from "../../wasm/read-binary.ts";
import { keepApart, scalarFeatures } from "../scalar/scalarize.ts";

export function translate(wasm: Uint8Array): string {
  const module = readBinary(wasm, scalarFeatures);
  try {
    keepApart(module, "*");
    return asFunction(module.emitAsmjs());
  } finally {
    module.dispose();
  }
}

/** wasm2js writes a module with one instance, made when it is imported: `var retasmFunc = asmFunc({});`, then exports. */
function asFunction(text: string): string {
  const [body, ...rest] = text.split(/^var retasmFunc = /m);
  if (body === undefined || rest.length !== 1)
    throw internalError("wasm2js writes no retasmFunc, which is to be replaced");
  return `function instantiate() {\n${body}\nreturn asmFunc({});\n}`;
}
