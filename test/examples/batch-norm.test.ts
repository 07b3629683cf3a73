/** Batch normalisation in short: it makes badly scaled inputs learnable where they are scaled, and ships folded in. */
import { expect, test } from "vitest";
import { shippedDifference } from "../../examples/batch-norm/experiment.mjs";
import { runShort } from "./fresh.ts";

test("on the inputs it learns; after the first layer it comes too late", async () => {
  const { nowhere, hidden, inputs } = await runShort("batch-norm");
  expect(inputs.test.loss).toBeLessThan(nowhere.test.loss / 4);
  expect(inputs.test.loss).toBeLessThan(hidden.test.loss / 4);
  expect(await shippedDifference("inputs", inputs.net)).toBeLessThan(1e-6);
  expect(await shippedDifference("hidden", hidden.net)).toBeLessThan(1e-4);
});
