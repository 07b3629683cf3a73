/**
 * Runs the bundle of a model in this process. Its `require` gives the compiler's own DSL for "nabla", so that the nodes
 * that the model makes are the compiler's, and everything else as Node does for the model file.
 */
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { CompileError, InternalError } from "../diagnostics.ts";
import type { Bundle } from "./bundle.ts";
import { modelThrew } from "./errors.ts";
import { guestConsole, guestProcess } from "./guest.ts";
import { siteFunction } from "./instrument.ts";
import { siteCaller } from "./site.ts";

const guests = new Map<string, unknown>([
  ["process", guestProcess],
  ["node:process", guestProcess],
]);

/** Runs the script and gives what it exports. `provided` maps import specifiers to modules that are already there. */
export function run(bundle: Bundle, entry: string, provided: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const fromModel = createRequire(entry);
  const require = (specifier: string): unknown =>
    provided.get(specifier) ?? guests.get(specifier) ?? fromModel(specifier);
  const module = { exports: {} as Record<string, unknown> };
  // In a function inside, so that the file may declare these names itself.
  const inner = `return function (module, exports, require, ${siteFunction}) { ${bundle.code}\n}`;
  const script = compileFunction(inner, ["process", "console"], { filename: bundle.file })(guestProcess, guestConsole);
  script(module, module.exports, require, siteCaller(bundle.sites));
  return module.exports;
}

/** The compiler's errors as they are; an exception of the model's own code with its place in the source. */
export function explain(thrown: unknown, bundle: Bundle): CompileError | InternalError {
  if (thrown instanceof CompileError || thrown instanceof InternalError) return thrown;
  const frame = thrown instanceof Error ? frameIn(thrown.stack ?? "", bundle.file) : undefined;
  return modelThrew(frame && bundle.place(frame.line, frame.column), thrown);
}

/** The innermost frame of a stack trace that lies in a script. */
function frameIn(stack: string, file: string): { line: number; column: number } | undefined {
  for (const text of stack.split("\n")) {
    const at = text.lastIndexOf(`${file}:`);
    const numbers = at < 0 ? null : /^(\d+):(\d+)/.exec(text.slice(at + file.length + 1));
    if (numbers) return { line: Number(numbers[1]), column: Number(numbers[2]) };
  }
  return undefined;
}
