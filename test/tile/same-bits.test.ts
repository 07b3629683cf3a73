/** Which tiles may stand in for one another, their text form, and the text that a kernel is found by. */
import { describe, expect, test } from "vitest";
import { parseTile } from "../../compiler/loop/parse-tile.ts";
import { tilesLike } from "../../compiler/loop/same-bits.ts";
import { signatureOf } from "../../compiler/loop/signature.ts";
import { printTile } from "../../compiler/loop/tiling.ts";
import { tiledKernels } from "../support/stages.ts";

const dense = `
  graph g(x: f32[n,20]; w: f32[20,64], b: f32[64])
    h: f32[n,64] = matmul x w
    y: f32[n,64] = add h b
    return y`;
const dx = `
  graph g(dy: f32[n,32]; w: f32[64,32])
    t: f32[32,64] = transpose w permutation=[1,0]
    dx: f32[n,64] = matmul dy t
    return dx`;
const exp = "graph g(x: f32[n,10])\n y: f32[n,10] = exp x\n return y";

const options = (text: string, batch = 32) => {
  const [{ kernel, tile }] = tiledKernels(text) as [ReturnType<typeof tiledKernels>[number]];
  return tilesLike(tile, kernel, { dtype: "f32", batch });
};
const lines = (text: string, batch?: number) => options(text, batch).map(printTile).join("\n");

describe("tiles that give the same bits", () => {
  test("lanes along columns: rows by vectors, as far as registers go", () => {
    expect(lines(dense)).toMatchInlineSnapshot(`
      "lanes along i1 x1, i0 by 6, last rows x6
      lanes along i1 x2, i0 by 5, last rows x6
      lanes along i1 x1, i0 by 5, last rows x6
      lanes along i1 x2, i0 by 4, last rows x6
      lanes along i1 x1, i0 by 4, last rows x6
      lanes along i1 x3, i0 by 3, last rows x6
      lanes along i1 x2, i0 by 3, last rows x6
      lanes along i1 x1, i0 by 3, last rows x6
      lanes along i1 x4, i0 by 2, last rows x6
      lanes along i1 x3, i0 by 2, last rows x6
      lanes along i1 x2, i0 by 2, last rows x6
      lanes along i1 x1, i0 by 2, last rows x6
      lanes along i1 x6
      lanes along i1 x5
      lanes along i1 x4
      lanes along i1 x3
      lanes along i1 x2
      lanes along i1 x1"
    `);
  });

  test("one row a call: no tile of rows", () => {
    expect(lines(dense, 1)).toMatchInlineSnapshot(`
      "lanes along i1 x6
      lanes along i1 x5
      lanes along i1 x4
      lanes along i1 x3
      lanes along i1 x2
      lanes along i1 x1"
    `);
  });

  test("lanes across the sum: the partial sums of a point stay as they are", () => {
    expect(lines(dx, 3)).toMatchInlineSnapshot(`
      "lanes across r0 x1, i0 by 3, i1 by 3
      lanes across r0 x1, i0 by 3, i1 by 2
      lanes across r0 x1, i0 by 3
      lanes across r0 x1, i0 by 2, i1 by 5
      lanes across r0 x1, i0 by 2, i1 by 4
      lanes across r0 x1, i0 by 2, i1 by 3
      lanes across r0 x1, i0 by 2, i1 by 2
      lanes across r0 x1, i0 by 2
      lanes across r0 x1, i1 by 6
      lanes across r0 x1, i1 by 5
      lanes across r0 x1, i1 by 4
      lanes across r0 x1, i1 by 3
      lanes across r0 x1, i1 by 2
      lanes across r0 x1"
    `);
  });

  test("a kernel without a sum has its own tile alone", () => {
    expect(lines(exp)).toMatchInlineSnapshot(`"lanes along i0 x1"`);
  });
});

describe("the text of a tile", () => {
  test.each(
    [
      ...[...options(dense), ...options(dx), ...options("graph g(; a: f32[])\n y: f32[] = mul a 2\n return y")],
      ...[...options(dense.replaceAll(/\b20\b/g, "2000")), ...options(dx.replaceAll(/\b32\b/g, "9000"))],
    ].map(printTile),
  )("%s", (text) => expect(printTile(parseTile(text))).toBe(text));

  const lanes = '"lanes along AXIS xN" or "lanes across AXIS xN"';
  const more = '"AXIS by N", or "last rows xN", "passes along AXES" and "sums by N from N" at the end';
  test.each([
    ["", lanes, ""],
    ["lanes along i1", lanes, "lanes along i1"],
    ["lanes along i1 x0", lanes, "lanes along i1 x0"],
    ["lanes along i1 x2, last rows x6, i2 by 2", more, "last rows x6"],
    ["lanes along i1 x2, last rows", more, "last rows"],
  ])("refused: %j", (text, expected, got) =>
    expect(() => parseTile(text)).toThrow(`expected ${expected}, got "${got}"`),
  );
});

describe("signatures", () => {
  const signature = (text: string) =>
    tiledKernels(text)
      .map(({ kernel }) => signatureOf(kernel))
      .join("\n");

  test("names do not count, shapes do", () => {
    expect(signature(dense)).toMatchInlineSnapshot(
      `"[i0<n, i1<64] a[64*i0 + i1] = add(sum[r0<20](mul(b[20*i0 + r0], c[64*r0 + i1])), d[i1])"`,
    );
    const renamed = dense.replaceAll("w", "weight").replaceAll("x", "pixels").replace("graph g", "graph other");
    expect(signature(renamed)).toBe(signature(dense));
    expect(signature(dense.replaceAll("64", "65"))).not.toBe(signature(dense));
  });

  test("a sum that two stores read is written once", () => {
    const text = `
      graph g(x: f32[n,8], y: f32[n,8]; m: f32[8], v: f32[8])
        d: f32[n,8] = mul x y
        s: f32[8] = sum d axes=[0] keep=false
        q: f32[8] = mul s s
        a: f32[8] = add m s
        b: f32[8] = add v q
        return a, b`;
    expect(signature(text)).toMatchInlineSnapshot(
      `"[i0<8] t0 = sum[r0<n](mul(c[8*r0 + i0], d[8*r0 + i0])); a[i0] = add(b[i0], t0[0]); e[i0] = add(f[i0], mul(t0[0], t0[0]))"`,
    );
  });
});
