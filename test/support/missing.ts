/**
 * What tests would need and do not find (a host, a bundler, a data set): they are skipped, and the end of the run names it
 * (end-reporter.ts).
 *
 *   test.skipIf(isMissing("Deno", existsSync(program)))("...")
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";

/** Whether it is missing; if so, it is noted. */
export function isMissing(what: string, isThere: boolean): boolean {
  const file = process.env.NABLA_MISSING;
  if (!isThere && file !== undefined) appendFileSync(file, `${what}\n`);
  return !isThere;
}

/** Each once, in order; the file is gone then. */
export function takeMissing(file: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  rmSync(file, { force: true });
  return [...new Set(lines)].sort();
}
