/** Every fault can still be planted: its text is there, once. Whether it is noticed, `npm run faults` tells. */
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { faults } from "./faults.mjs";

test.each(faults)("$name", ({ file, find, replace, tests, says }) => {
  expect(readFileSync(file, "utf8").split(find), `${file}: ${find}`).toHaveLength(2);
  expect(replace).not.toBe(find);
  expect(says).not.toBe("");
  expect(existsSync(tests) || existsSync(dirname(tests)), tests).toBe(true);
});

test("no two have one name", () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
});
