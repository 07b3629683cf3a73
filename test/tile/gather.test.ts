/** Rows that labels name: kernels, lanes and loops; sums where labels meet. */
import { describe, expect, test } from "vitest";
import { fused, looped, lowered, tiled } from "../support/stages.ts";

describe("gather", () => {
  test("is read where it is used: the product reads rows of the table, whose labels stay put in its sum", () => {
    const text = `
      graph(label: i32[n]; table: f32[5,6], w: f32[6,4])
        x: f32[n,6] = gather table label
        y: f32[n,4] = matmul x w
        return y`;
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n, i1<4]
        %out/y[4*i0 + i1] = sum[r0<6](mul(table[6*label[i0] + r0], w[4*r0 + i1]))"
    `);
    expect(looped(text)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..n step 1
          for i1 in 0..4 step 4
            let acc0 = 0
            for r0 in 0..6 step 1
              set acc0 = add(acc0, mul(splat table[6*label[i0] + r0], load w[4*r0 + i1]))
            store %out/y[4*i0 + i1] = acc0"
    `);
  });

  test("lanes run along what a row has, never from label to label", () => {
    const rows =
      "graph(label: i32[n,3]; table: f32[5,6])\n y: f32[n,3,6] = gather table label\n z: f32[n,3,6] = neg y\n return z";
    expect(lowered(rows)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<3*n, i2<6]
        %out/z[i2 + 6*i0] = neg(table[6*label[i0] + i2])"
    `);
    expect(tiled(rows)).toMatchInlineSnapshot(`"g.0: lanes along i2 x1"`);
    const numbers =
      "graph(label: i32[n], x: f32[n]; table: f32[5])\n y: f32[n] = gather table label\n z: f32[n] = mul x y\n return z";
    expect(tiled(numbers)).toMatchInlineSnapshot(`"g.0: one point at a time"`);
    const summed =
      "graph(label: i32[n]; table: f32[5])\n y: f32[n] = gather table label\n z: f32[] = sum y axes=[0] keep=false\n return z";
    expect(tiled(summed)).toMatchInlineSnapshot(`"g.0: one point at a time"`);
    const beside = `
      graph(label: i32[n], x: f32[n,8]; table: f32[5])
        s: f32[n] = sum x axes=[1] keep=false
        y: f32[n] = gather table label
        z: f32[n] = mul s y
        return z`;
    expect(tiled(beside)).toMatchInlineSnapshot(`"g.0: lanes across r0 x2"`);
  });

  test("a table that is computed is in memory before its rows are read", () => {
    const text = `
      graph(label: i32[n]; w: f32[6,5])
        table: f32[5,6] = transpose w permutation=[1,0]
        y: f32[n,6] = gather table label
        z: f32[n,6] = neg y
        return z`;
    expect(fused(text)).toMatchInlineSnapshot(`
      "inline
        y: f32[n,6] = gather table label
      group 0 [5,6] transpose -> table
        table: f32[5,6] = transpose w permutation=[1,0]
      group 1 [n,6] neg -> z
        z: f32[n,6] = neg y
      return z = z"
    `);
  });
});

describe("scatterAdd", () => {
  const text = `
    graph(label: i32[n,2], dy: f32[n,2,3]; table: f32[5,3], m: f32[5,3])
      twice: f32[n,2,3] = mul dy 2
      d: f32[5,3] = scatterAdd twice label classes=5
      m2: f32[5,3] = add m d
      table2: f32[5,3] = sub table m2
      return d
      update m = m2
      update table = table2`;

  test("goes over its points in order; what an optimiser makes of it is one kernel behind it", () => {
    expect(fused(text)).toMatchInlineSnapshot(`
      "inline
        twice: f32[n,2,3] = mul dy 2
      group 0 [5,3] scatterAdd -> d
        d: f32[5,3] = scatterAdd twice label classes=5
      group 1 [5,3] add sub -> m2, table2
        m2: f32[5,3] = add m d
        table2: f32[5,3] = sub table m2
      update m = m2
      update table = table2
      return d = d"
    `);
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<2*n, i2<3]
        %out/d[3*label[i0] + i2] += mul(dy[i2 + 3*i0], 2)
      kernel g.1 [i0<15]
        m[i0] = add(m[i0], %out/d[i0])
        table[i0] = sub(table[i0], add(m[i0], %out/d[i0]))"
    `);
    expect(tiled(text)).toMatchInlineSnapshot(`
      "g.0: lanes along i2 x1
      g.1: lanes along i0 x1"
    `);
  });

  test("starts from 0, and adds a row to the sum of its label", () => {
    const one = "graph(label: i32[n], dy: f32[n,4])\n d: f32[3,4] = scatterAdd dy label classes=3\n return d";
    expect(looped(one)).toMatchInlineSnapshot(`
      "func g.0 f32
        for z in 0..12 step 4
          store %out/d[z] = 0
        for i0 in 0..n step 1
          for i1 in 0..4 step 4
            store %out/d[4*label[i0] + i1] = add(load %out/d[4*label[i0] + i1], load dy[4*i0 + i1])"
    `);
  });
});
