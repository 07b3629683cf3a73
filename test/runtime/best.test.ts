import { keepBest } from "nabla/runtime";
import { describe, expect, test } from "vitest";

/** A net whose one parameter says in which epoch it is. */
const net = () => ({ parameters: { w: new Float32Array(1) } as Record<string, Float32Array> });

describe("keepBest", () => {
  test("keeps the parameters of the lowest loss and stops after patience epochs without a better one", () => {
    const { parameters } = net();
    const best = keepBest({ parameters }, { patience: 2 });
    const answers = [3, 1, 2, 0.5, 0.7, 0.6].map((loss, epoch) => {
      parameters.w![0] = epoch;
      return best.see(epoch, loss);
    });
    expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined, "stop"]);
    expect(best.found).toMatchObject({ epoch: 3, loss: 0.5, waited: 2 });
    best.restore();
    expect([...parameters.w!]).toEqual([3]);
  });

  test("a loss must fall by more than minDelta, and NaN never counts", () => {
    const best = keepBest(net(), { patience: 9, minDelta: 0.1 });
    for (const [epoch, loss] of [Number.NaN, 1, 0.95, Number.NaN, 0.85].entries()) best.see(epoch, loss);
    expect(best.found).toMatchObject({ epoch: 4, waited: 0 });
  });

  test("goes on with what an earlier run found", () => {
    const earlier = { epoch: 4, loss: 0.2, waited: 1, parameters: { w: Float32Array.of(7) } };
    const { parameters } = net();
    const best = keepBest({ parameters }, { patience: 2 }, earlier);
    expect(best.isOver).toBe(false);
    expect(best.see(5, 0.3)).toBe("stop");
    expect(best.isOver).toBe(true);
  });

  test("a patience of 0 is refused", () =>
    expect(() => keepBest(net(), { patience: 0 })).toThrow("patience: expected an integer from 1"));
});
