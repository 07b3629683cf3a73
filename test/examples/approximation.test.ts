/** Universal approximation in short: the wider the hidden layer, the smaller the error between the training points. */
import { expect, test } from "vitest";
import { runShort } from "./fresh.ts";

test("each fourfold width at least halves the error", async () => {
  const results = await runShort("approximation");
  const [narrow, middle, wide] = results.map(({ error }) => error) as [number, number, number];
  expect(middle).toBeLessThan(narrow / 2);
  expect(wide).toBeLessThan(middle / 2);
  expect(wide).toBeLessThan(0.1);
});
