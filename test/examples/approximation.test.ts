/** Universal approximation in short: the wider the hidden layer, the smaller the error between the training points. */
import { expect, test } from "vitest";
import { errorsByWidth } from "../../examples/approximation/experiment.mjs";

test("each fourfold width at least halves the error", async () => {
  const results = await errorsByWidth({ widths: [1, 4, 16], seeds: [1], steps: 1000 });
  const [narrow, middle, wide] = results.map(({ error }) => error) as [number, number, number];
  expect(middle).toBeLessThan(narrow / 2);
  expect(wide).toBeLessThan(middle / 2);
  expect(wide).toBeLessThan(0.1);
});
