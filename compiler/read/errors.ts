/** The errors of reading a model file, one function each. Those of `elementwise` are in scalar/errors.ts. */
import { CompileError } from "../diagnostics.ts";
import { currentOrigin, type Span, sourceOf } from "../graph/origin.ts";
import { describeThrown } from "./thrown.ts";

export const fail = (
  code: string,
  span: Span | undefined,
  message: string,
  notes: readonly string[] = [],
  hint?: string,
): CompileError => new CompileError([{ code, message, ...(span ? { span } : sourceOf(currentOrigin())), notes, hint }]);

export const modelNotFound = (path: string, directory: string) =>
  fail("model/not-found", undefined, `there is no model file ${path}`, [
    "expected  a TypeScript or JavaScript file",
    `got       ${path}, looked for in ${directory}`,
  ]);

export const syntaxError = (span: Span, message: string) => fail("model/syntax", span, message);

/** What the bundler could not do: resolve an import, read a file, take an option. */
export const cannotBundle = (span: Span | undefined, message: string) =>
  message.startsWith("Top-level await")
    ? fail(
        "model/await",
        span,
        "a model file cannot wait outside of a function",
        [],
        "Read what it needs synchronously.",
      )
    : fail("model/bundle", span, message);

export const declarationsOnly = (path: string) =>
  fail("model/bundle", undefined, `${path} declares types and has no code`, [
    "expected  a TypeScript or JavaScript file",
    "got       a .d.ts file",
  ]);

/** An exception of the model's own code; the first line of its text is the message. */
export function modelThrew(span: Span | undefined, thrown: unknown): CompileError {
  // Node lists who required a missing module: the model file, which the frame shows.
  const [message = "", ...rest] = describeThrown(thrown).split("\nRequire stack:")[0]!.split("\n");
  const error = fail("model/threw", span, message, rest);
  error.cause = thrown;
  return error;
}
