#!/usr/bin/env node
import { commandIsDone, endProcess, watchEnding } from "./ending.ts";
import { report } from "./failure.ts";
/**
 * The command `nabla`. program.ts names the commands, commands/ has one file for each, tasks/ what they do, silently.
 */
import { createProgram } from "./program.ts";
import { clearStatus, handleClosedPipes } from "./terminal.ts";
import { showReading } from "./working.ts";

/** A bare --dump must not take the word after it, the model, for its stage. */
const withDump = (args: readonly string[]): string[] => args.map((word) => (word === "--dump" ? "--dump=" : word));

const args = withDump(process.argv.slice(2));
const debug = args.includes("--debug");
handleClosedPipes(endProcess);
watchEnding(debug);
showReading();
try {
  await createProgram().parseAsync(args, { from: "user" });
} catch (error) {
  clearStatus();
  process.exitCode = await report(error, { debug });
}
clearStatus();
commandIsDone();
