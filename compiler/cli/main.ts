#!/usr/bin/env node
import { readyToParse } from "./arguments.ts";
import { commandIsDone, endProcess, watchEnding } from "./ending.ts";
import { report } from "./failure.ts";
/**
 * The command `nabla`. program.ts names the commands, commands/ has one file for each, tasks/ what they do, silently.
 */
import { createProgram } from "./program.ts";
import { clearStatus, handleClosedPipes } from "./terminal.ts";
import { showReading } from "./working.ts";

const args = readyToParse(process.argv.slice(2));
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
