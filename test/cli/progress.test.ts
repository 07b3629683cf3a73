import { describe, expect, test } from "vitest";
import { type Current, fitted } from "../../compiler/cli/progress.ts";
import { bar } from "../../compiler/cli/status.ts";

const current: Current = { epoch: 12, epochs: 300, loss: 0.21344, validation: 0.24566, fraction: 0.34, left: 62_000 };

describe("the line of a running training", () => {
  test("fits every width, and the losses are never cut", () => {
    for (let width = 30; width <= 200; width++) {
      const line = fitted(current, width);
      expect(line.length).toBeLessThanOrEqual(width);
      expect(line).toMatch(/12\/300 .*0\.2134 +val(idation loss)? 0\.2457/);
    }
    expect(fitted({ ...current, epoch: 1000, epochs: 1000 }, 39).length).toBeLessThanOrEqual(39);
  });

  test("says more where there is room", () => {
    expect(fitted(current, 39)).toBe("epoch 12/300  loss 0.2134  val 0.2457");
    expect(fitted(current, 80)).toBe(
      `epoch 12/300  loss 0.2134  validation loss 0.2457  34%  1 min 2 s left  ${bar(8, 0.34)}`,
    );
    expect(fitted({ ...current, validation: undefined, left: undefined }, 60)).toBe(
      `epoch 12/300  loss 0.2134  34%  ${bar(28, 0.34)}`,
    );
  });
});
