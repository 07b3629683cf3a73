/** Which values are computed again by each reader, since to store and load them costs more. */
import { describe, expect, test } from "vitest";
import { fused } from "../support/stages.ts";

/** Deviations from the mean of each row, read by their variance and by what is made of them. */
const normalized = (deviation: string, use = "div d r", head = "x: f32[n,8]") => `
  graph(${head})
    t: f32[n,1] = sum x axes=[1] keep=true
    m: f32[n,1] = mul t 0.125
    b: f32[n,8] = broadcast m
    d: f32[n,8] = ${deviation}
    q: f32[n,8] = mul d d
    s: f32[n,1] = sum q axes=[1] keep=true
    r: f32[n,1] = sqrt s
    y: f32[n,8] = ${use}
    return y`;

/** Whether d has a group of its own. */
const isStored = (text: string): boolean => /group \d+ \[n,8\] \w+ -> d/.test(fused(text));

test("the deviations from a mean are stored nowhere", () => {
  expect(fused(normalized("sub x b"))).toMatchInlineSnapshot(`
    "inline
      b: f32[n,8] = broadcast m
      d: f32[n,8] = sub x b
      q: f32[n,8] = mul d d
    group 0 [n,1] sum mul -> m
      t: f32[n,1] = sum x axes=[1] keep=true
      m: f32[n,1] = mul t 0.125
    group 1 [n,1] sum sqrt -> r
      s: f32[n,1] = sum q axes=[1] keep=true
      r: f32[n,1] = sqrt s
    group 2 [n,8] div -> y
      y: f32[n,8] = div d r
    return y = y"
  `);
});

test("nor are they where a chain begins with them", () => {
  const text = normalized("sub x b").replace(
    "return y",
    "e: f32[n,8] = exp d\n    u: f32[n] = max e axes=[1] keep=false\n    return y, e, u",
  );
  expect(fused(text)).toMatch(/group \d+ \[n,8\] exp -> e/);
});

describe("what is stored all the same", () => {
  test("a product, a quotient and what a helper computes", () => {
    for (const value of ["mul x b", "div x b", "exp x"]) expect(isStored(normalized(value)), value).toBe(true);
    expect(isStored(normalized("maximum x b"))).toBe(false);
  });

  test("what reads two values of its own shape", () => {
    expect(isStored(normalized("sub x z", "div d r", "x: f32[n,8], z: f32[n,8]"))).toBe(true);
  });

  test("what reads a number for each column where rows are summed up: their sum would get another order", () => {
    expect(isStored(normalized("sub x z", "div d r", "x: f32[n,8], z: f32[8]"))).toBe(true);
    expect(isStored(normalized("sub x z", "div d r", "x: f32[n,8], z: f32[n,1]"))).toBe(false);
  });

  test("what reads a state that the step replaces", () => {
    const moving = (update: string) =>
      fused(`
        graph(x: f32[n,8]; z: f32[8])
          d: f32[n,8] = sub x z
          q: f32[n,8] = mul d d
          s: f32[8] = sum q axes=[0] keep=false
          y: f32[n,8] = div d s
          ${update}
          return y`);
    expect(moving("update z = s")).toMatch(/group \d+ \[n,8\] sub -> d/);
    expect(moving("")).not.toMatch(/-> d/);
  });

  test("what reads a second value of as many elements", () => {
    const text = fused(`
      graph(x: f32[1,8], z: f32[8])
        d: f32[1,8] = sub x z
        q: f32[1,8] = mul d d
        s: f32[8] = sum q axes=[0] keep=false
        y: f32[1,8] = div d s
        return y`);
    expect(text).toMatch(/group \d+ \[1,8\] sub -> d/);
  });

  test("what reads a value that is itself computed again", () => {
    const chain = normalized("sub x b", "add e o").replace(
      "y: f32",
      "e: f32[n,8] = sub d r\n    o: f32[n,1] = max e axes=[1] keep=true\n    y: f32",
    );
    expect(isStored(chain)).toBe(false);
    expect(fused(chain)).toMatch(/group \d+ \[n,8\] sub -> e/);
  });

  test("what a product reads again and again", () => {
    const product = normalized("sub x b", "div d r").replace("return y", "p: f32[n,3] = matmul d w\n    return y, p");
    expect(isStored(product.replace("x: f32[n,8]", "x: f32[n,8]; w: f32[8,3]"))).toBe(true);
  });

  test("what two loops of one group begin with", () => {
    const two = normalized("sub x b").replace(
      "return y",
      "e: f32[n,8] = exp d\n    f: f32[n,8] = tanh d\n    return y, e, f",
    );
    expect(fused(two)).toMatch(/group \d+ \[n,8\] sub exp tanh -> d, e, f/);
  });

  test("what leaves the graph", () => {
    expect(fused(normalized("sub x b").replace("return y", "return y, d"))).toMatch(/group \d+ \[n,8\] sub -> d/);
  });
});
