/** What is never stored, what a reshape forces into memory, and leaves that leave the graph. */
import { describe, expect, test } from "vitest";
import { fused } from "../support/stages.ts";

describe("views", () => {
  test("are never stored: the adjoints of a product read its operands transposed", () => {
    expect(
      fused(`
        graph(x: f32[n,4], dy: f32[n,2]; w: f32[4,2])
          xt: f32[4,n] = transpose x permutation=[1,0]
          wt: f32[2,4] = transpose w permutation=[1,0]
          dw: f32[4,2] = matmul xt dy
          dx: f32[n,4] = matmul dy wt
          return dw, dx`),
    ).toMatchInlineSnapshot(`
      "inline
        xt: f32[4,n] = transpose x permutation=[1,0]
        wt: f32[2,4] = transpose w permutation=[1,0]
      group 0 [4,2] matmul -> dw
        dw: f32[4,2] = matmul xt dy
      group 1 [n,4] matmul -> dx
        dx: f32[n,4] = matmul dy wt
      return dw = dw, dx = dx"
    `);
  });

  test("one-hot labels and random numbers are computed by each reader", () => {
    expect(
      fused(`
        graph(x: f32[n,3], label: i32[n])
          t: f32[n,3] = oneHot label classes=3
          u: f32[n,3] = uniform stream=1
          a: f32[n,3] = mul x t
          b: f32[n,3] = sub u t
          s: f32[n] = sum a axes=[1] keep=false
          return s, b`),
    ).toMatchInlineSnapshot(`
      "inline
        t: f32[n,3] = oneHot label classes=3
        u: f32[n,3] = uniform stream=1
        a: f32[n,3] = mul x t
      group 0 [n,3] sub -> b
        b: f32[n,3] = sub u t
      group 1 [n] sum -> s
        s: f32[n] = sum a axes=[1] keep=false
      return s = s, b = b"
    `);
  });

  test("a reshape that adds an axis of 1 is followed", () => {
    expect(
      fused(`
        graph(x: f32[n,4])
          s: f32[n] = sum x axes=[1] keep=false
          k: f32[n,1] = reshape s
          y: f32[n,4] = div x k
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        k: f32[n,1] = reshape s
      group 0 [n] sum -> s
        s: f32[n] = sum x axes=[1] keep=false
      group 1 [n,4] div -> y
        y: f32[n,4] = div x k
      return y = y"
    `);
  });

  test("a reshape that mixes axes forces what it reads into memory", () => {
    expect(
      fused(`
        graph(x: f32[n,6]; w: f32[3,2])
          a: f32[n,6] = neg x
          r: f32[n,2,3] = reshape a
          s: f32[n,3] = sum r axes=[1] keep=false
          y: f32[n,2] = matmul s w
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        r: f32[n,2,3] = reshape a
      group 0 [n,6] neg -> a
        a: f32[n,6] = neg x
      group 1 [n,3] sum -> s
        s: f32[n,3] = sum r axes=[1] keep=false
      group 2 [n,2] matmul -> y
        y: f32[n,2] = matmul s w
      return y = y"
    `);
  });

  test("a transpose under such a reshape is stored", () => {
    expect(
      fused(`
        graph(; w: f32[3,4])
          t: f32[4,3] = transpose w permutation=[1,0]
          r: f32[6,2] = reshape t
          y: f32[6,2] = mul r 2
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        r: f32[6,2] = reshape t
      group 0 [4,3] transpose -> t
        t: f32[4,3] = transpose w permutation=[1,0]
      group 1 [6,2] mul -> y
        y: f32[6,2] = mul r 2
      return y = y"
    `);
  });

  test("one that leaves the graph is stored", () => {
    expect(
      fused(`
        graph(x: f32[n,3]; w: f32[3,4])
          t: f32[4,3] = transpose w permutation=[1,0]
          b: f32[n,3] = broadcast 2
          return t, b`),
    ).toMatchInlineSnapshot(`
      "group 0 [4,3] transpose -> t
        t: f32[4,3] = transpose w permutation=[1,0]
      group 1 [n,3] broadcast -> b
        b: f32[n,3] = broadcast 2
      return t = t, b = b"
    `);
  });
});

describe("leaves that leave the graph", () => {
  test("inputs, states and constants are copied", () => {
    expect(
      fused(`
        graph(x: f32[n,3]; w: f32[3])
          y: f32[n,3] = add x w
          return x, w, two = 2, again = x, y`),
    ).toMatchInlineSnapshot(`
      "group 0 [] const -> 2
        2: f32[] = const value=2
      group 1 [n,3] input -> x
        x: f32[n,3] = input name=x
      group 2 [3] state -> w
        w: f32[3] = state name=w
      group 3 [n,3] add -> y
        y: f32[n,3] = add x w
      return x = x, w = w, two = 2, again = x, y = y"
    `);
  });

  test("a state set to an input, another to a constant", () => {
    expect(
      fused(`
        graph(x: f32[3]; w: f32[3], zero: f32[2])
          z: f32[2] = broadcast 0
          update w = x
          update zero = z
          return w`),
    ).toMatchInlineSnapshot(`
      "group 1 [3] state -> w
        w: f32[3] = state name=w
      group 0 [3] input -> x
        x: f32[3] = input name=x
      group 2 [2] broadcast -> z
        z: f32[2] = broadcast 0
      update w = x
      update zero = z
      return w = w"
    `);
  });
});
