/** Imported for its effect: relaxed SIMD in the process that runs the tests. Node 20 has it behind a flag. */
import { setFlagsFromString } from "node:v8";

if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
