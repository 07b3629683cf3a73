/** The race between tiles, with runners whose times are made up. */
import { describe, expect, test } from "vitest";
import { leastGain, type Runner, race } from "../../compiler/tune/race.ts";

/** Takes `ms` a call, times what the machine happens to be slowed down by at the time. */
const runner =
  (ms: number, slowdown: () => number = () => 1): Runner =>
  (repeats) =>
    repeats * ms * slowdown();

describe("race", () => {
  test("the fastest wins, by how much it is faster than the first", () => {
    const { winner, gain } = race([runner(0.2), runner(0.3), runner(0.1), runner(0.15)], { budgetMs: 10 });
    expect({ winner, gain: gain.toFixed(2) }).toEqual({ winner: 2, gain: "2.00" });
  });

  test("the first stays where another is hardly faster", () => {
    const ms = 0.2;
    expect(race([runner(ms), runner((ms / leastGain) * 1.001)], { budgetMs: 10 })).toEqual({ winner: 0, gain: 1 });
    expect(race([runner(ms), runner((ms / leastGain) * 0.999)], { budgetMs: 10 }).winner).toBe(1);
  });

  test("a machine that gets slower all the time does not change the ratio", () => {
    let calls = 0;
    const slowdown = () => 1 + calls++ / 1000;
    const { winner, gain } = race([runner(0.2, slowdown), runner(0.1, slowdown)], { budgetMs: 10 });
    expect(winner).toBe(1);
    expect(gain).toBeGreaterThan(1.9);
    expect(gain).toBeLessThan(2.1);
  });

  test("one sample in seven that a pause falls into does not count", () => {
    let calls = 0;
    const pauses = () => (calls++ % 7 === 0 ? 50 : 1);
    expect(race([runner(0.2), runner(0.15, pauses)], { budgetMs: 10 }).winner).toBe(1);
  });

  test("one that is faster only in two rounds of three does not win", () => {
    let calls = 0;
    const uneven = () => (calls++ % 3 === 0 ? 1.5 : 0.5);
    expect(race([runner(0.2), runner(0.2, uneven)], { budgetMs: 10 })).toEqual({ winner: 0, gain: 1 });
  });

  test("one that is hopeless leaves after a few rounds", () => {
    const runs = [0, 0];
    const counted =
      (at: number, ms: number): Runner =>
      (repeats) => {
        runs[at]! += repeats;
        return repeats * ms;
      };
    race([counted(0, 0.01), counted(1, 0.1)], { budgetMs: 30 });
    expect(runs[0]! * 0.01).toBeGreaterThan(1.3 * runs[1]! * 0.1);
  });
});
