/**
 * How the process ends: through here, or when the command is done. Anything else, such as process.exit in a package that a
 * model file loads, or a promise that is never settled, is a failure and never passes for success.
 */
import { describeThrown } from "../read/thrown.ts";
import { UserError } from "../tasks/errors.ts";
import { exitCodes, report } from "./failure.ts";
import { note } from "./terminal.ts";

let expected = false;

/** Ends the process at once. */
export function endProcess(code: number): never {
  expected = true;
  process.exit(code);
}

/** From now on the process may end by itself. */
export function commandIsDone(): void {
  expected = true;
}

export function watchEnding(debug: boolean): void {
  process.on("exit", (code) => {
    if (expected) return;
    note(`error: the process was about to end with ${code} before the command was done`);
    note("  A package that the model file loads has called process.exit, or something waits for what never comes.");
    process.exitCode = exitCodes.failed;
  });
  const stray = async (thrown: unknown): Promise<void> => endProcess(await report(fromModel(thrown), { debug }));
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
}

/** Nobody waits for what a model file starts by itself: a timer, a promise. Its script has an ending of its own. */
function fromModel(thrown: unknown): unknown {
  if (thrown instanceof Error && !thrown.stack?.includes(".bundle.cjs:")) return thrown;
  return new UserError(
    `the model file, outside of its functions: ${describeThrown(thrown)}\n  Expected a file that starts nothing: no timer, and no promise that nobody waits for.`,
  );
}
