/** Activations in short: the module's derivatives are those of its values; without a bend a network stays a plane. */
import { expect, test } from "vitest";
import { profiles } from "../../examples/activations/experiment.mjs";
import { runShort } from "./fresh.ts";

test("every derivative is the slope of the values", async () => {
  const h = 1e-5;
  // Off the kinks at 0 and 3.
  const x = [-3.7, -2.2, -0.9, -0.1, 0.1, 0.9, 2.2, 3.7];
  const shapes = Object.entries(await profiles(Float64Array.from(x.flatMap((at) => [at - h, at, at + h]))));
  expect(shapes).toHaveLength(16);
  for (const [name, { value, derivative }] of shapes)
    x.forEach((at, i) => {
      const slope = (value![3 * i + 2]! - value![3 * i]!) / (2 * h);
      expect(derivative[3 * i + 1], `${name} at ${at}`).toBeCloseTo(slope, 7);
    });
});

test("identity learns a plane only; relu, tanh and gelu the surface", async () => {
  const [identity, ...bent] = await runShort("activations");
  for (const { name, test: loss } of bent) expect(loss, name).toBeLessThan(identity!.test / 10);
});
