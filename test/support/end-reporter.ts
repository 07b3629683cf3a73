/**
 * The last lines of a run, in plain text: the files that took longest, what was not there and how many tests were skipped, and
 * how it ended.
 *
 *   slowest: test/report/zoom.test.ts 21 s, test/hosts/hosts.test.ts 20 s
 *   skipped: 9; not there: Deno, webpack of test/bundlers
 *   passed: 4711 tests in 8 min 31 s
 */
import { relative } from "node:path";
import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";
import { duration } from "../../compiler/tasks/quantities.ts";
import { takeMissing } from "./missing.ts";

/** Of the files that are named. */
const slowestCount = 8;

export class EndReporter implements Reporter {
  private start = performance.now();
  private readonly missingFile: string;

  constructor(missingFile: string) {
    this.missingFile = missingFile;
  }

  onTestRunStart(): void {
    this.start = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const lines = endOf(modules, takeMissing(this.missingFile), errors.length, reason, performance.now() - this.start);
    console.log(lines.join("\n"));
  }
}

/** The part of a module that the lines need. */
export type ReportedModule = Pick<TestModule, "moduleId" | "state" | "diagnostic" | "children">;

export function endOf(
  modules: readonly ReportedModule[],
  missing: readonly string[],
  errors: number,
  reason: TestRunEndReason,
  milliseconds: number,
): string[] {
  const states = modules.flatMap(({ children }) => [...children.allTests()].map((one) => one.result().state));
  const count = (state: string) => states.filter((one) => one === state).length;
  const slowest = modules
    .map((module) => ({ name: relative(process.cwd(), module.moduleId), time: module.diagnostic().duration }))
    .sort((a, b) => b.time - a.time)
    .slice(0, slowestCount);
  const broken = modules.filter((module) => module.state() === "failed").length;
  const isGood = reason === "passed" && broken === 0 && errors === 0;
  const where = missing.length > 0 ? `; not there: ${missing.join(", ")}` : "";
  return [
    `slowest: ${slowest.map(({ name, time }) => `${name} ${duration(time)}`).join(", ")}`,
    count("skipped") + missing.length === 0 ? "nothing was skipped" : `skipped: ${count("skipped")}${where}`,
    isGood
      ? `passed: ${count("passed")} tests in ${duration(milliseconds)}`
      : `FAILED after ${duration(milliseconds)}: tests failed: ${count("failed")}, in files: ${broken}; passed: ${count("passed")}${reason === "interrupted" ? ", interrupted" : ""}`,
  ];
}
