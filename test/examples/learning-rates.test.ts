/** Learning rates in short: too low, right, falling, and the border 2 / L above which gradient descent diverges. */
import { expect, test } from "vitest";
import { criticalRate, fullSteps, leastLoss, tooHigh } from "../../examples/learning-rates/experiment.mjs";
import { runShort } from "./fresh.ts";

test("too low barely moves; a falling rate ends below a constant one", async () => {
  const least = await leastLoss();
  const runs = await runShort("learning-rates");
  const excess = (losses: number[]) => losses.slice(-5).reduce((sum, loss) => sum + loss - least, 0) / 5;
  expect(runs.low.losses.at(-1)).toBeGreaterThan(runs.low.losses[0]! / 2);
  expect(excess(runs.good.losses)).toBeLessThan(excess(runs.low.losses) / 50);
  expect(excess(runs.falling.losses)).toBeLessThan(excess(runs.good.losses) / 5);
});

test("just below 2 / L it converges, just above it diverges", async () => {
  const critical = criticalRate();
  const [below, above] = [await fullSteps(0.98 * critical, 60), await fullSteps(1.02 * critical, 60)];
  expect(below.at(-1)).toBeLessThan(below[0]!);
  expect(above.at(-1)).toBeGreaterThan(10 * above[0]!);
});

test("far too high: the driver stops, and names the line", async () => {
  const { losses, message } = await tooHigh();
  expect(losses.length).toBeLessThan(100);
  expect(message).toMatch(/^the loss is Infinity at step \d+ .*a lower learning rate/);
  expect(message).toMatch(/first not finite: \w+ gave -?Infinity \(.*learning-rates\.model\.ts:\d+:\d+\)/);
});
