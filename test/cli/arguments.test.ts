import { expect, test } from "vitest";
import { readyToParse } from "../../compiler/cli/arguments.ts";

test.each([
  ["inspect --html m.ts", "inspect m.ts --html"],
  ["inspect --html page.html m.ts", "inspect --html page.html m.ts"],
  ["inspect m.ts --html", "inspect m.ts --html"],
  ["inspect --html=m.html m.ts", "inspect --html=m.html m.ts"],
  ["train --resume m.model.mjs --data a.csv", "train m.model.mjs --data a.csv --resume"],
  ["train --resume a.safetensors m.ts", "train --resume a.safetensors m.ts"],
  ["train --report --resume m.ts -- x", "train m.ts --report --resume -- x"],
  ["inspect --dump m.ts", "inspect --dump= m.ts"],
  ["inspect -- --html m.ts", "inspect -- --html m.ts"],
])("%s is read as %s", (typed, read) => {
  expect(readyToParse(typed.split(" ")).join(" ")).toBe(read);
});
