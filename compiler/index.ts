/** The package's "nabla/compiler": what the command line uses, and anyone. */
export { type Built, type CompileOptions, compile, type Weights } from "./compile.ts";
export { CompileError, type Diagnostic } from "./diagnostics.ts";
export type { Manifest } from "./bindings/manifest.ts";
export { Stopped } from "./trace.ts";
