/** Updates of states: in the loop that makes the gradient, in place, and staged where that cannot be. */
import { describe, expect, test } from "vitest";
import { fused, planned } from "../support/stages.ts";

describe("in the tile of the gradient", () => {
  test("momentum", () => {
    expect(
      fused(`
        graph(x: f32[n,4], dy: f32[n,2]; w: f32[4,2], v: f32[4,2])
          xt: f32[4,n] = transpose x permutation=[1,0]
          dw: f32[4,2] = matmul xt dy
          kept: f32[4,2] = mul v 0.9
          v1: f32[4,2] = add kept dw
          step: f32[4,2] = mul v1 0.1
          w1: f32[4,2] = sub w step
          update v = v1
          update w = w1`),
    ).toMatchInlineSnapshot(`
      "inline
        xt: f32[4,n] = transpose x permutation=[1,0]
        kept: f32[4,2] = mul v 0.9
        step: f32[4,2] = mul v1 0.1
      group 0 [4,2] matmul add sub -> v1, w1
        dw: f32[4,2] = matmul xt dy
        v1: f32[4,2] = add kept dw
        w1: f32[4,2] = sub w step
      update v = v1
      update w = w1"
    `);
  });

  test("Adam, its bias correction beside it", () => {
    const adam = `
        graph(x: f32[n,4], dy: f32[n,2]; w: f32[4,2], m: f32[4,2], v: f32[4,2], c: f32[])
          c1: f32[] = mul c 0.9
          rest: f32[] = sub 1 c1
          xt: f32[4,n] = transpose x permutation=[1,0]
          dw: f32[4,2] = matmul xt dy
          mk: f32[4,2] = mul m 0.9
          mg: f32[4,2] = mul dw 0.1
          m1: f32[4,2] = add mk mg
          vk: f32[4,2] = mul v 0.99
          sq: f32[4,2] = mul dw dw
          vg: f32[4,2] = mul sq 0.01
          v1: f32[4,2] = add vk vg
          size: f32[4,2] = abs v1
          root: f32[4,2] = sqrt size
          down: f32[4,2] = add root 1e-3
          hat: f32[4,2] = div m1 rest
          move: f32[4,2] = div hat down
          w1: f32[4,2] = sub w move
          update w = w1
          update m = m1
          update v = v1
          update c = c1`;
    expect(fused(adam)).toMatchInlineSnapshot(`
      "inline
        xt: f32[4,n] = transpose x permutation=[1,0]
        mk: f32[4,2] = mul m 0.9
        mg: f32[4,2] = mul dw 0.1
        vk: f32[4,2] = mul v 0.99
        sq: f32[4,2] = mul dw dw
        vg: f32[4,2] = mul sq 0.01
        size: f32[4,2] = abs v1
        root: f32[4,2] = sqrt size
        down: f32[4,2] = add root 0.001
        hat: f32[4,2] = div m1 rest
        move: f32[4,2] = div hat down
      group 0 [] mul sub -> c1, rest
        c1: f32[] = mul c 0.9
        rest: f32[] = sub 1 c1
      group 1 [4,2] matmul add add sub -> m1, v1, w1
        dw: f32[4,2] = matmul xt dy
        m1: f32[4,2] = add mk mg
        v1: f32[4,2] = add vk vg
        w1: f32[4,2] = sub w move
      update w = w1
      update m = m1
      update v = v1
      update c = c1"
    `);
    expect(planned(adam)).toMatchInlineSnapshot(`
      "arena 16 bytes, at least 16 alive at once
        g.rest  0..4  groups 0-1"
    `);
  });
});

describe("order", () => {
  test("dx reads the weight before its update", () => {
    expect(
      fused(`
        graph(x: f32[n,4], dy: f32[n,2]; w: f32[4,2])
          xt: f32[4,n] = transpose x permutation=[1,0]
          dw: f32[4,2] = matmul xt dy
          w1: f32[4,2] = sub w dw
          wt: f32[2,4] = transpose w permutation=[1,0]
          dx: f32[n,4] = matmul dy wt
          update w = w1
          return dx`),
    ).toMatchInlineSnapshot(`
      "inline
        xt: f32[4,n] = transpose x permutation=[1,0]
        wt: f32[2,4] = transpose w permutation=[1,0]
      group 1 [n,4] matmul -> dx
        dx: f32[n,4] = matmul dy wt
      group 0 [4,2] matmul sub -> w1
        dw: f32[4,2] = matmul xt dy
        w1: f32[4,2] = sub w dw
      update w = w1
      return dx = dx"
    `);
  });

  test("an old value that is returned is copied before its update", () => {
    expect(
      fused(`
        graph(x: f32[2]; w: f32[2])
          w1: f32[2] = sub w x
          update w = w1
          return w`),
    ).toMatchInlineSnapshot(`
      "group 0 [2] state sub -> w, w1
        w: f32[2] = state name=w
        w1: f32[2] = sub w x
      update w = w1
      return w = w"
    `);
  });
});

describe("staged", () => {
  test("one of two states that are swapped", () => {
    const swap = `
        graph(; a: f32[3], b: f32[3])
          update a = b
          update b = a`;
    expect(fused(swap)).toMatchInlineSnapshot(`
      "group 1 [3] state -> b
        b: f32[3] = state name=b
      group 0 [3] state -> a
        a: f32[3] = state name=a
      update a = b, staged
      update b = a"
    `);
    expect(planned(swap)).toMatchInlineSnapshot(`
      "arena 16 bytes, at least 16 alive at once
        g.b  0..12  groups 0-2
        copy g.b -> a"
    `);
  });

  test("one of three states that go round", () => {
    expect(
      planned(`
        graph(; a: f32[3], b: f32[3], c: f32[3])
          update a = b
          update b = c
          update c = a`),
    ).toMatchInlineSnapshot(`
      "arena 16 bytes, at least 16 alive at once
        g.b  0..12  groups 0-3
        copy g.b -> a"
    `);
  });

  test("a state whose update reads it transposed", () => {
    const transposed = `
        graph(; w: f32[3,3])
          t: f32[3,3] = transpose w permutation=[1,0]
          w1: f32[3,3] = add w t
          update w = w1
          return w1`;
    expect(fused(transposed)).toMatchInlineSnapshot(`
      "inline
        t: f32[3,3] = transpose w permutation=[1,0]
      group 0 [3,3] add -> w1
        w1: f32[3,3] = add w t
      update w = w1, staged
      return w1 = w1"
    `);
    expect(planned(transposed)).toMatchInlineSnapshot(`
      "arena 0 bytes, at least 0 alive at once
        copy %out/w1 -> w"
    `);
  });

  test("a state whose update is a product with it", () => {
    expect(
      planned(`
        graph(x: f32[3,3]; w: f32[3,3])
          w1: f32[3,3] = matmul x w
          update w = w1`),
    ).toMatchInlineSnapshot(`
      "arena 48 bytes, at least 48 alive at once
        g.w1  0..36  groups 0-1
        copy g.w1 -> w"
    `);
  });

  test("a state that a later group needs old and new", () => {
    const both = `
        graph(x: f32[n,3]; w: f32[3,3])
          g: f32[3] = sum x axes=[0] keep=false
          w1: f32[3,3] = sub w g
          old: f32[n,3] = matmul x w
          new: f32[n,3] = matmul old w1
          sum: f32[n,3] = add new old
          both: f32[3,3] = matmul w w1
          update w = w1
          return sum, both`;
    expect(fused(both)).toMatchInlineSnapshot(`
      "group 0 [3] sum -> g
        g: f32[3] = sum x axes=[0] keep=false
      group 1 [3,3] sub -> w1
        w1: f32[3,3] = sub w g
      group 2 [n,3] matmul -> old
        old: f32[n,3] = matmul x w
      group 3 [n,3] matmul add -> sum
        new: f32[n,3] = matmul old w1
        sum: f32[n,3] = add new old
      group 4 [3,3] matmul -> both
        both: f32[3,3] = matmul w w1
      update w = w1, staged
      return sum = sum, both = both"
    `);
    expect(planned(both)).toMatchInlineSnapshot(`
      "arena 128 bytes, at least 128 alive at once
        g.g  0..12  groups 0-1
        g.w1  80..116  groups 1-5
        g.old  0..72  groups 2-3
        copy g.w1 -> w"
    `);
  });
});

test("one value for two states and an output", () => {
  expect(
    planned(`
      graph(x: f32[3]; a: f32[3], b: f32[3])
        s: f32[3] = add a x
        t: f32[] = sum s axes=[0] keep=false
        update a = s
        update b = s
        return s, t`),
  ).toMatchInlineSnapshot(`"arena 0 bytes, at least 0 alive at once"`);
});
