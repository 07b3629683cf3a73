/** No test has a limit of its own: a busy machine is slow, and the limit of all (vitest.config.ts) is for what hangs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const own = [/\btimeout: [1-9]\d*(?!_?\d* \+)[\d_]*\b(?! \+)/, /^ *\}, \d+_000\);$/m];

test("no file of tests sets one", () => {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".test.ts") && !file.includes("node_modules") && !file.endsWith("patience.test.ts"),
  );
  const impatient = files.filter((file) => own.some((limit) => limit.test(readFileSync(join("test", file), "utf8"))));
  expect(impatient).toEqual([]);
});

test("it would be found", () => {
  expect(["{ timeout: 60_000 }", "  }, 60_000);"].every((text) => own.some((limit) => limit.test(text)))).toBe(true);
  expect(own.some((limit) => limit.test("{ timeout: 1_200_000 + 1000 * count }"))).toBe(false);
});
