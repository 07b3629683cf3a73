/** The heat equation, solved from its residual alone: near the exact solution, and exactly right where it was built so. */
import { beforeAll, expect, test } from "vitest";
import { solve } from "../../examples/heat-equation/experiment.mjs";
import { runShort } from "./fresh.ts";

let solution: Awaited<ReturnType<typeof runShort<"heat-equation">>>;

beforeAll(async () => {
  solution = await runShort("heat-equation");
});

test("after 1000 steps u is within 0.004 of the exact solution everywhere", () => {
  expect(solution.largest).toBeLessThan(0.004);
  expect(solution.losses.at(-1)).toBeLessThan(solution.losses[0]! / 100);
});

test("the ends stay cold, and the beginning is sin(pi x)", () => {
  const { u, wanted, places } = solution;
  u!.forEach((value: number, i: number) => {
    const column = i % places.length;
    const fixed = column === 0 || column === places.length - 1 || i < places.length;
    if (fixed) expect(value).toBeCloseTo(wanted[i]!, 6);
  });
});

test("the residual is u_t - a u_xx, as differences of u show it", async () => {
  // Hardly trained: where the equation still holds badly.
  const { net } = await solve(8);
  const [x, t, h] = [0.3, 0.6, 0.02];
  const at = (dx: number, dt: number) => net.infer({ x: [x + dx], t: [t + dt] }).u![0]!;
  const slope = (at(0, h) - at(0, -h)) / (2 * h);
  const curvature = (at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / h ** 2;
  const residual = net.infer({ x: [x], t: [t] }).residual![0]!;
  expect(residual).toBeCloseTo(slope - 0.1 * curvature, 2);
  expect(Math.abs(residual)).toBeGreaterThan(0.1);
});
