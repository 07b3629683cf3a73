/** Kernels, and the tiles chosen for them. */
import { describe, expect, test } from "vitest";
import { looped, lowered, tiled } from "../support/stages.ts";

describe("contractions", () => {
  test("matmul forward: rows by columns, the bias in the tile", () => {
    const text = `
      graph(x: f32[n,20]; w: f32[20,64], b: f32[64])
        h: f32[n,64] = matmul x w
        y: f32[n,64] = add h b
        return y`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n, i1<64]
        %out/y[64*i0 + i1] = add(sum[r0<20](mul(x[20*i0 + r0], w[64*r0 + i1])), b[i1])"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes along i1 x6"`);
  });

  test("a small matmul: one row at a time", () => {
    const text = "graph(x: f32[n,4]; w: f32[4,16])\n y: f32[n,16] = matmul x w\n return y";
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..n step 1
          for i1 in 0..16 step 16
            let acc0 = 0
            let acc1 = 0
            let acc2 = 0
            let acc3 = 0
            for r0 in 0..4 step 1
              let v4 = splat x[4*i0 + r0]
              set acc0 = add(acc0, mul(v4, load w[16*r0 + i1]))
              set acc1 = add(acc1, mul(v4, load w[16*r0 + i1 + 4]))
              set acc2 = add(acc2, mul(v4, load w[16*r0 + i1 + 8]))
              set acc3 = add(acc3, mul(v4, load w[16*r0 + i1 + 12]))
            store %out/y[16*i0 + i1] = acc0
            store %out/y[16*i0 + i1 + 4] = acc1
            store %out/y[16*i0 + i1 + 8] = acc2
            store %out/y[16*i0 + i1 + 12] = acc3"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes along i1 x4"`);
  });

  test("dW: x is read down its columns, nothing is transposed", () => {
    const text = `
      graph(x: f32[n,64], dy: f32[n,32])
        t: f32[64,n] = transpose x permutation=[1,0]
        dw: f32[64,32] = matmul t dy
        return dw`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<64, i1<32]
        %out/dw[32*i0 + i1] = sum[r0<n](mul(x[64*r0 + i0], dy[32*r0 + i1]))"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes along i1 x2, i0 by 4, last rows x4"`);
  });

  test("dX: lanes across the reduced axis, along rows of w", () => {
    const text = `
      graph(dy: f32[n,32]; w: f32[64,32])
        t: f32[32,64] = transpose w permutation=[1,0]
        dx: f32[n,64] = matmul dy t
        return dx`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n, i1<64]
        %out/dx[64*i0 + i1] = sum[r0<32](mul(dy[32*i0 + r0], w[32*i1 + r0]))"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes across r0 x1, i0 by 2, i1 by 4"`);
  });

  test("matrix by vector: lanes across the reduced axis", () => {
    const text = "graph(x: f32[n,64]; w: f32[64,1])\n y: f32[n,1] = matmul x w\n return y";
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes across r0 x1"`);
  });
});

describe("reductions", () => {
  test("bias gradient: lanes along columns", () => {
    const text = "graph(dy: f32[n,32])\n db: f32[32] = sum dy axes=[0] keep=false\n return db";
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<32]
        %out/db[i0] = sum[r0<n](dy[32*r0 + i0])"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes along i0 x4"`);
  });

  test("row softmax: maxima and sums across rows, the rest along them", () => {
    const text = `
      graph(x: f32[n,10])
        m: f32[n,1] = max x axes=[1] keep=true
        d: f32[n,10] = sub x m
        e: f32[n,10] = exp d
        s: f32[n,1] = sum e axes=[1] keep=true
        y: f32[n,10] = div e s
        return y`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n]
        g.m[i0] = max[r0<10](x[10*i0 + r0])
      kernel g.1 [i0<n, i1<10]
        g.e[10*i0 + i1] = exp(sub(x[10*i0 + i1], g.m[i0]))
      kernel g.2 [i0<n]
        g.s[i0] = sum[r0<10](g.e[10*i0 + r0])
      kernel g.3 [i0<n, i1<10]
        %out/y[10*i0 + i1] = div(g.e[10*i0 + i1], g.s[i0])"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`
      "g.0: lanes across r0 x2
      g.1: lanes along i1 x1
      g.2: lanes across r0 x2
      g.3: lanes along i1 x1"
    `);
  });

  test("full loss: rows and columns as one axis", () => {
    const text = `
      graph(x: f32[n,10], t: f32[n,10])
        d: f32[n,10] = sub x t
        q: f32[n,10] = mul d d
        l: f32[] = sum q axes=[0,1] keep=false
        return l`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 []
        %out/l[0] = sum[r0<10*n](mul(sub(x[r0], t[r0]), sub(x[r0], t[r0])))"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes across r0 x4"`);
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        let acc0 = 0
        let acc1 = 0
        let acc2 = 0
        let acc3 = 0
        for r0 in 0..down(10*n, 16) step 16
          let v7 = sub(load x[r0], load t[r0])
          set acc0 = add(acc0, mul(v7, v7))
          let v8 = sub(load x[r0 + 4], load t[r0 + 4])
          set acc1 = add(acc1, mul(v8, v8))
          let v9 = sub(load x[r0 + 8], load t[r0 + 8])
          set acc2 = add(acc2, mul(v9, v9))
          let v10 = sub(load x[r0 + 12], load t[r0 + 12])
          set acc3 = add(acc3, mul(v10, v10))
        for r0 in down(10*n, 16)..down(10*n, 4) step 4
          let v11 = sub(load x[r0], load t[r0])
          set acc0 = add(acc0, mul(v11, v11))
        for r0 in down(10*n, 4)..10*n step 1
          let v12 = sub(load x[r0]:1, load t[r0]:1)
          set acc0 = add(acc0, mul(v12, v12))
        let v4 = add(add(add(acc0, acc1), acc2), acc3)
        let v5 = add(v4, swap 1(v4))
        let v6 = add(v5, swap 2(v5))
        store %out/l[0]:1 = v6"
    `);
  });
});

describe("elementwise", () => {
  test("neighbouring axes become one", () => {
    const text = "graph(x: f32[n,5,2])\n y: f32[n,5,2] = relu x\n return y";
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<10*n]
        %out/y[i0] = pmax(x[i0], 0)"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: lanes along i0 x1"`);
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..down(10*n, 4) step 4
          store %out/y[i0] = pmax(load x[i0], 0)
        for i0 in down(10*n, 4)..10*n step 1
          store %out/y[i0]:1 = pmax(load x[i0]:1, 0)"
    `);
  });

  test("a row that is added to every row keeps them apart", () => {
    const text = "graph(x: f32[n,6], b: f32[6])\n y: f32[n,6] = add x b\n return y";
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n, i1<6]
        %out/y[6*i0 + i1] = add(x[6*i0 + i1], b[i1])"
    `);
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..n step 1
          for i1 in 0..4 step 4
            store %out/y[6*i0 + i1] = add(load x[6*i0 + i1], load b[i1])
          for i1 in 4..6 step 2
            store %out/y[6*i0 + i1]:2 = add(load x[6*i0 + i1]:2, load b[i1]:2)"
    `);
  });

  test("a transposed operand is gathered", () => {
    const text = `
      graph(x: f32[6,6])
        t: f32[6,6] = transpose x permutation=[1,0]
        y: f32[6,6] = add x t
        return y`;
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..6 step 1
          for i1 in 0..4 step 4
            store %out/y[6*i0 + i1] = add(load x[6*i0 + i1], gather x[6*i1 + i0 by 6])
          for i1 in 4..6 step 2
            store %out/y[6*i0 + i1]:2 = add(load x[6*i0 + i1]:2, gather x[6*i1 + i0 by 6]:2)"
    `);
  });

  test("transposed random numbers are drawn one at a time", () => {
    const text = `
      graph(x: f32[4,3])
        u: f32[3,4] = uniform stream=1
        t: f32[4,3] = transpose u permutation=[1,0]
        y: f32[4,3] = add x t
        return y`;
    expect(tiled(text)).toMatchInlineSnapshot(`"g.0: one point at a time"`);
  });

  test("a scalar has no lanes", () => {
    expect(tiled("graph(; a: f32[])\n y: f32[] = mul a 2\n return y")).toMatchInlineSnapshot(
      `"g.0: one point at a time"`,
    );
  });
});
