/** What the pages say of numbers is what the code gives; `npm run figures` makes it. test/examples does the same for each example. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reportText } from "../../bench/report/text.mjs";
import { fill, filled } from "../../scripts/figures/marks.mjs";

test("README.md: bytes and accuracy of the iris example", () => {
  // As a user has it, compiled: npm test builds it first.
  const printed = execFileSync(process.execPath, ["scripts/figures/iris.mjs"], { encoding: "utf8" });
  const facts: Record<string, string> = JSON.parse(printed);
  const shown = filled(readFileSync("README.md", "utf8"));
  expect(new Set(shown.map(([name]) => name))).toEqual(new Set(Object.keys(facts)));
  expect(shown, "npm run figures -- readme").toEqual(shown.map(([name]) => [name, facts[name!]]));
});

test("bench/RESULTS.md is made of the results and the notes", () => {
  const { runs } = JSON.parse(readFileSync("bench/results.json", "utf8"));
  expect(reportText(runs, readFileSync("bench/NOTES.md", "utf8"))).toBe(readFileSync("bench/RESULTS.md", "utf8"));
});

test("marked places are filled; one that nothing is computed for is refused", () => {
  const page = "a\n<!-- figure t.md -->\nold\n<!-- end -->\nis <!-- fact n -->1<!-- end -->.\n";
  const values: Record<string, string> = { "t.md": "| x |\n| - |\n", n: "2" };
  const made = "a\n<!-- figure t.md -->\n\n| x |\n| - |\n\n<!-- end -->\nis <!-- fact n -->2<!-- end -->.\n";
  expect(fill(page, (name: string) => values[name])).toBe(made);
  expect(fill(made, (name: string) => values[name])).toBe(made);
  expect(filled(made)).toEqual([
    ["t.md", "| x |\n| - |"],
    ["n", "2"],
  ]);
  expect(() => fill(page, () => undefined)).toThrow("nothing is computed for <!-- figure t.md -->");
});
