/**
 * From whatever a command threw to what the user reads, and the exit code.
 *
 *   0 done   1 something of the user's is wrong   2 the command line is   70 the compiler is   130 stopped by Ctrl-C
 */
import { CommanderError } from "commander";
import { UsageError, UserError } from "../tasks/errors.ts";
import { describeMachineFault } from "../tasks/machine.ts";
import { colorsFor, note, style } from "./terminal.ts";

export const exitCodes = { done: 0, failed: 1, usage: 2, internal: 70, interrupted: 130 } as const;

export interface FailureOptions {
  /** Adds the stack. */
  readonly debug: boolean;
}

/** Prints to stderr what went wrong and gives the exit code. */
export async function report(error: unknown, { debug }: FailureOptions): Promise<number> {
  // commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { text, code } = await explain(error);
  note(text);
  if (debug && error instanceof Error) note(`\n${stacks(error)}`);
  return code;
}

async function explain(error: unknown): Promise<{ text: string; code: number }> {
  const colors = colorsFor(process.stderr);
  if (error instanceof UserError) {
    const usage = error instanceof UsageError;
    return { text: `${colors.red("error:")} ${error.message}`, code: usage ? exitCodes.usage : exitCodes.failed };
  }
  // By name, since the classes would load the compiler to report a misspelt option.
  const name = error instanceof Error ? error.name : "";
  if (name === "CompileError") {
    const { formatDiagnostics } = await import("../read/code-frame.ts");
    const options = { color: colors.isColorSupported, style };
    return {
      text: formatDiagnostics(error as Parameters<typeof formatDiagnostics>[0], options),
      code: exitCodes.failed,
    };
  }
  if (name === "DataError" || name === "CheckpointError")
    return { text: (error as Error).message, code: exitCodes.failed };
  const fault = describeMachineFault(error);
  if (fault !== undefined) return { text: `${colors.red("error:")} ${fault}`, code: exitCodes.failed };
  return { text: internal(error), code: exitCodes.internal };
}

function internal(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const own = message.startsWith("internal: ") ? message : `internal: ${message}`;
  return [
    own,
    "  This is a fault of nabla, not of your files.",
    "  Where to look: --debug shows the stack, nabla inspect <model> --dump writes what each stage made to .dump/.",
  ].join("\n");
}

/** The stack of an error and of what caused it. */
function stacks(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stacks(error.cause)}` : own;
}
