/** The end of a run in plain lines: what was slow, what was skipped and why, how it ended. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { endOf, type ReportedModule } from "./end-reporter.ts";
import { isMissing, takeMissing } from "./missing.ts";

const fileOf = (name: string, time: number, ...states: string[]) =>
  ({
    moduleId: join(process.cwd(), name),
    state: () => (states.includes("failed") ? "failed" : "passed"),
    diagnostic: () => ({ duration: time }),
    children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
  }) as unknown as ReportedModule;

const files = [fileOf("test/a.test.ts", 900, "passed", "skipped"), fileOf("test/b.test.ts", 65_000, "passed")];

test("a good run: the last line says how many and how long", () =>
  expect(endOf(files, ["Deno", "webpack"], 0, "passed", 511_000)).toEqual([
    "slowest: test/b.test.ts 1 min 5 s, test/a.test.ts 900 ms",
    "skipped: 1; not there: Deno, webpack",
    "passed: 2 tests in 8 min 31 s",
  ]));

test("a run that failed says so, whatever it was that failed", () => {
  const last = (...args: Parameters<typeof endOf>) => endOf(...args).at(-1);
  const broken = [...files, fileOf("test/c.test.ts", 1, "failed")];
  expect(last(broken, [], 0, "failed", 1000)).toBe("FAILED after 1.0 s: tests failed: 1, in files: 1; passed: 2");
  expect(last(files, [], 1, "failed", 1000)).toMatch(/^FAILED/);
  expect(last(files, [], 0, "interrupted", 1000)).toMatch(/^FAILED .*interrupted$/);
});

test("what is missing is noted once, and taken", () => {
  const file = join(mkdtempSync(join(tmpdir(), "nabla-missing-")), "list.txt");
  vi.stubEnv("NABLA_MISSING", file);
  expect([isMissing("webpack", false), isMissing("Deno", false), isMissing("webpack", false)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(isMissing("Bun", true)).toBe(false);
  vi.unstubAllEnvs();
  expect(takeMissing(file)).toEqual(["Deno", "webpack"]);
  expect(takeMissing(file)).toEqual([]);
});
