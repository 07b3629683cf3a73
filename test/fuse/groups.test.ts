/** Which nodes share a loop nest, and what memory gets. */
import { describe, expect, test } from "vitest";
import { fused } from "../support/stages.ts";

describe("epilogues", () => {
  test("bias and relu join their matmul", () => {
    expect(
      fused(`
        graph(x: f32[n,4]; w: f32[4,2], b: f32[2])
          h: f32[n,2] = matmul x w
          s: f32[n,2] = add h b
          y: f32[n,2] = relu s
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        s: f32[n,2] = add h b
      group 0 [n,2] matmul relu -> y
        h: f32[n,2] = matmul x w
        y: f32[n,2] = relu s
      return y = y"
    `);
  });

  test("a helper does not join the tile of a matmul", () => {
    expect(
      fused(`
        graph(x: f32[n,4]; w: f32[4,2], b: f32[2])
          h: f32[n,2] = matmul x w
          s: f32[n,2] = add h b
          t: f32[n,2] = tanh s
          y: f32[n,2] = mul t 2
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        t: f32[n,2] = tanh s
      group 0 [n,2] matmul add -> s
        h: f32[n,2] = matmul x w
        s: f32[n,2] = add h b
      group 1 [n,2] mul -> y
        y: f32[n,2] = mul t 2
      return y = y"
    `);
  });

  test("a reduction keeps what follows it at its own point", () => {
    expect(
      fused(`
        graph(x: f32[n,4])
          s: f32[n] = sum x axes=[1] keep=false
          e: f32[n] = exp s
          y: f32[n] = mul e 0.5
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        e: f32[n] = exp s
      group 0 [n] sum mul -> y
        s: f32[n] = sum x axes=[1] keep=false
        y: f32[n] = mul e 0.5
      return y = y"
    `);
  });

  test("a value of another shape opens a group", () => {
    expect(
      fused(`
        graph(x: f32[n,4])
          m: f32[n,1] = max x axes=[1] keep=true
          y: f32[n,4] = sub x m
          return y`),
    ).toMatchInlineSnapshot(`
      "group 0 [n,1] max -> m
        m: f32[n,1] = max x axes=[1] keep=true
      group 1 [n,4] sub -> y
        y: f32[n,4] = sub x m
      return y = y"
    `);
  });

  test("a value read at another point of its own group opens a group", () => {
    expect(
      fused(`
        graph(x: f32[3,4]; w: f32[4,3])
          h: f32[3,3] = matmul x w
          t: f32[3,3] = transpose h permutation=[1,0]
          y: f32[3,3] = add h t
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        t: f32[3,3] = transpose h permutation=[1,0]
      group 0 [3,3] matmul -> h
        h: f32[3,3] = matmul x w
      group 1 [3,3] add -> y
        y: f32[3,3] = add h t
      return y = y"
    `);
  });

  test("also where what turns it is a mask", () => {
    expect(
      fused(`
        graph(x: f32[3,4]; w: f32[4,3])
          h: f32[3,3] = matmul x w
          m: bool[3,3] = gt h 0
          t: bool[3,3] = transpose m permutation=[1,0]
          y: f32[3,3] = select t h 1
          return y`),
    ).toMatchInlineSnapshot(`
      "inline
        m: bool[3,3] = gt h 0
        t: bool[3,3] = transpose m permutation=[1,0]
      group 0 [3,3] matmul -> h
        h: f32[3,3] = matmul x w
      group 1 [3,3] select -> y
        y: f32[3,3] = select t h 1
      return y = y"
    `);
  });
});

describe("elementwise", () => {
  test("a chain is one group", () => {
    expect(
      fused(`
        graph(x: f32[n,3], y: f32[n,3])
          a: f32[n,3] = mul x y
          b: f32[n,3] = add a 1
          c: f32[n,3] = relu b
          return c`),
    ).toMatchInlineSnapshot(`
      "inline
        a: f32[n,3] = mul x y
        b: f32[n,3] = add a 1
      group 0 [n,3] relu -> c
        c: f32[n,3] = relu b
      return c = c"
    `);
  });

  test("a value used twice is computed once, and not stored", () => {
    expect(
      fused(`
        graph(x: f32[n,3])
          a: f32[n,3] = exp x
          b: f32[n,3] = mul a a
          c: f32[n,3] = add a b
          return c`),
    ).toMatchInlineSnapshot(`
      "inline
        b: f32[n,3] = mul a a
      group 0 [n,3] exp add -> c
        a: f32[n,3] = exp x
        c: f32[n,3] = add a b
      return c = c"
    `);
  });

  test("a value read by two groups is stored", () => {
    expect(
      fused(`
        graph(x: f32[n,3]; w: f32[3,2])
          a: f32[n,3] = exp x
          h: f32[n,2] = matmul a w
          s: f32[n] = sum a axes=[1] keep=false
          return h, s`),
    ).toMatchInlineSnapshot(`
      "group 0 [n,3] exp -> a
        a: f32[n,3] = exp x
      group 1 [n,2] matmul -> h
        h: f32[n,2] = matmul a w
      group 2 [n] sum -> s
        s: f32[n] = sum a axes=[1] keep=false
      return h = h, s = s"
    `);
  });

  test("masks are computed by each reader", () => {
    expect(
      fused(`
        graph(x: f32[n,3])
          m: bool[n,3] = gt x 0
          a: f32[n,3] = select m x 0
          s: f32[] = sum a axes=[0,1] keep=false
          y: f32[n,3] = select m 1 a
          return s, y`),
    ).toMatchInlineSnapshot(`
      "inline
        m: bool[n,3] = gt x 0
      group 0 [n,3] select select -> a, y
        a: f32[n,3] = select m x 0
        y: f32[n,3] = select m 1 a
      group 1 [] sum -> s
        s: f32[] = sum a axes=[0,1] keep=false
      return s = s, y = y"
    `);
  });
});

describe("reductions", () => {
  test("an elementwise prologue is computed inside", () => {
    expect(
      fused(`
        graph(x: f32[n,3], t: f32[n,3])
          d: f32[n,3] = sub x t
          q: f32[n,3] = mul d d
          s: f32[] = sum q axes=[0,1] keep=false
          return s`),
    ).toMatchInlineSnapshot(`
      "inline
        d: f32[n,3] = sub x t
        q: f32[n,3] = mul d d
      group 0 [] sum -> s
        s: f32[] = sum q axes=[0,1] keep=false
      return s = s"
    `);
  });

  test("each reduction has a group; their scalars share one", () => {
    expect(
      fused(`
        graph(x: f32[n,3]; rate: f32[])
          half: f32[] = mul rate 0.5
          s: f32[] = sum x axes=[0,1] keep=false
          m: f32[] = max x axes=[0,1] keep=false
          a: f32[] = mul s half
          b: f32[] = add m half
          return a, b`),
    ).toMatchInlineSnapshot(`
      "group 0 [] mul -> half
        half: f32[] = mul rate 0.5
      group 1 [] sum mul -> a
        s: f32[] = sum x axes=[0,1] keep=false
        a: f32[] = mul s half
      group 2 [] max add -> b
        m: f32[] = max x axes=[0,1] keep=false
        b: f32[] = add m half
      return a = a, b = b"
    `);
  });

  test("scalars from leaves alone share one group, which comes first", () => {
    expect(
      fused(`
        graph(x: f32[n,3]; c1: f32[], c2: f32[])
          a: f32[] = mul c1 0.9
          b: f32[] = mul c2 0.99
          y: f32[n,3] = mul x a
          z: f32[n,3] = mul y b
          update c1 = a
          update c2 = b
          return z`),
    ).toMatchInlineSnapshot(`
      "inline
        y: f32[n,3] = mul x a
      group 0 [] mul mul -> a, b
        a: f32[] = mul c1 0.9
        b: f32[] = mul c2 0.99
      group 1 [n,3] mul -> z
        z: f32[n,3] = mul y b
      update c1 = a
      update c2 = b
      return z = z"
    `);
  });
});
