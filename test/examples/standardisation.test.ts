/** Inputs in [99.9, 100.1] stall a training that standardisation lets learn; the inference module takes raw values. */
import { expect, test } from "vitest";
import { x } from "../../examples/standardisation/experiment.mjs";
import { runShort } from "./fresh.ts";

test("the loss stays near that of a constant without standardisation, and falls below a tenth of it with it", async () => {
  const { raw, standardised } = await runShort("standardisation");
  expect(raw.losses.at(-1)).toBeGreaterThan(0.4);
  expect(standardised.losses.at(-1)).toBeLessThan(0.05);

  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  expect(standardised.net.parameters["input.shift"]![0]).toBeCloseTo(mean, 4);
  expect(1 / standardised.net.parameters["input.scale"]![0]!).toBeCloseTo(deviation, 5);
  expect(standardised.shipped).toEqual(standardised.fitted);
});
