/** PReLU and Swish find the slope and the beta that made their targets. */
import { expect, test } from "vitest";
import { learn, start, truth } from "../../examples/learnable-activations/experiment.mjs";
import { runShort } from "./fresh.ts";

test("slope and beta end near the truth: exactly without noise, to the noise's size with it", async () => {
  for (const [noise, slopeError, betaError] of [
    [0, 0.001, 0.01],
    [0.1, 0.02, 0.1],
  ] as const) {
    // With noise it is the example itself.
    const { slopes, betas } =
      noise === 0 ? await learn({ epochs: 40, noise }) : await runShort("learnable-activations");
    expect([slopes[0], betas[0]]).toEqual([start.slope, start.beta]);
    expect(Math.abs(slopes.at(-1)! - truth.slope)).toBeLessThan(slopeError);
    expect(Math.abs(betas.at(-1)! - truth.beta)).toBeLessThan(betaError);
  }
});
