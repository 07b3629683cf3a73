#!/usr/bin/env node
import { commandIsDone, endProcess, watchEnding } from "./ending.ts";
import { report } from "./failure.ts";
/**
 * The command `nabla`. program.ts names the commands, commands/ has one file for each, tasks/ what they do, silently.
 */
import { createProgram } from "./program.ts";
import { handleClosedPipes } from "./terminal.ts";

/** A bare --dump must not take the word after it, the model, for its stage. */
const withDump = (args: readonly string[]): string[] => args.map((word) => (word === "--dump" ? "--dump=" : word));

const args = withDump(process.argv.slice(2));
const debug = args.includes("--debug");
handleClosedPipes(endProcess);
watchEnding(debug);
try {
  await createProgram().parseAsync(args, { from: "user" });
} catch (error) {
  process.exitCode = await report(error, { debug });
}
commandIsDone();
