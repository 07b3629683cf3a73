/** Overfitting in short: each remedy lowers the test error and raises that of training; L1 empties most weights. */
import { expect, test } from "vitest";
import { runShort } from "./fresh.ts";

test("L1, L2 and dropout against none", async () => {
  const [none, l1, l2, dropout] = await runShort("overfitting");
  for (const { name, train, test: judged } of [l1!, l2!, dropout!]) {
    expect(judged, name).toBeLessThan(0.8 * none!.test);
    expect(train, name).toBeGreaterThan(none!.train);
  }
  expect(l1!.nearZero).toBeGreaterThan(0.5);
  expect(l2!.nearZero).toBeLessThan(0.1);
});
