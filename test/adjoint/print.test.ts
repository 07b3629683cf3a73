/** The adjoint as code, on a model whose derivatives fit on a page. */
import { expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { printAdjoint } from "../../compiler/adjoint/print.ts";
import { input, matmul, mul, state, sum } from "../../compiler/ops/index.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { bound } from "../dsl/support.ts";

test("sum of (x w)^2: 2 x^T (x w), in the order of computation", () => {
  const x = input("x", { dtype: "f64", dims: ["n", 2] });
  const w = state("w", { dtype: "f64", dims: [2, 1] });
  const y = bound("y", () => matmul(x, w), 7);
  const loss = bound(undefined, () => sum(mul(y, y)), 9);
  const [dw] = simplifyAdjoint(gradients(loss, [w]), [loss]);
  const text = printAdjoint(loss, new Map([["w", dw!]]), (span) => (span ? `${span.file}:${span.line}` : "elsewhere"));
  expect(text).toMatchInlineSnapshot(`
    "forward
      model.ts:7
        y = matmul(x, w)
      model.ts:9
        mul = y * y
        loss = sum(mul, axes: [0, 1])
    backward
      model.ts:9
        t = y * 2
      model.ts:7
        d_w = matmul(transpose(x), t)
    gradients
      d loss / d w = d_w"
  `);
});
