/** Overfitting in short: each remedy lowers the test error and raises that of training; L1 empties most weights. */
import { expect, test } from "vitest";
import { compareRemedies } from "../../examples/overfitting/experiment.mjs";

test("L1, L2 and dropout against none", async () => {
  const [none, l1, l2, dropout] = await compareRemedies({ seeds: [1], steps: 2000 });
  for (const { name, train, test: judged } of [l1!, l2!, dropout!]) {
    expect(judged, name).toBeLessThan(0.8 * none!.test);
    expect(train, name).toBeGreaterThan(none!.train);
  }
  expect(l1!.nearZero).toBeGreaterThan(0.5);
  expect(l2!.nearZero).toBeLessThan(0.1);
});
