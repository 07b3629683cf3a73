/** madd, the one instruction whose bits are the engine's choice: a * b + c, rounded once or twice. */
import { describe, expect, test } from "vitest";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { compiled, f32, f64, instantiate, interpreted, planOf } from "../wasm/support.ts";
import "../support/relaxed-simd.ts";

describe.each([
  ["f32", f32, 2 ** -12],
  ["f64", f64, 2 ** -27],
] as const)("%s", (dtype, elements, tiny) => {
  const one = 1 + tiny;
  // (1 + t)^2 - (1 + 2t) is t^2, or 0 where the product is rounded before.
  const cases = [
    [2, 3, 10, [16]],
    [one, one, -(1 + 2 * tiny), [0, tiny * tiny]],
    [Number.POSITIVE_INFINITY, 2, -1, [Number.POSITIVE_INFINITY]],
    [-0.5, 4, 2, [0]],
  ] as const;
  const text = `func f ${dtype}\n${cases
    .map((_, i) => `  store y[${i}]:1 = madd(load a[${i}]:1, load b[${i}]:1, load c[${i}]:1)`)
    .join("\n")}`;
  const column = (at: 0 | 1 | 2) => elements(cases.map((row) => row[at]));
  const buffers = { a: column(0), b: column(1), c: column(2), y: elements(cases.map(() => 99)) };
  const allowed = cases.map(([, , , values]) => values as readonly number[]);

  test("the module and the interpreter give a value that is allowed", async () => {
    const plan = { ...planOf(text, buffers, 1), relaxed: true };
    const instance = instantiate(await compiled(plan), plan, buffers);
    instance.call("f", 1);
    for (const [i, values] of allowed.entries()) {
      expect(values).toContain(instance.elements("y")[i]);
      expect(values).toContain(interpreted(text, buffers, 1).y![i]);
    }
  });

  test("a module that is not relaxed refuses it", async () => {
    await expect(emitModule(planOf(text, buffers, 1))).rejects.toThrow("madd stands in a module that is not relaxed");
  });
});
