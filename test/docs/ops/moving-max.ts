import { badAttribute, rank } from "../../../compiler/diagnostics.ts";
import { integer } from "../../../compiler/graph/attributes.ts";
import { defineOp, type Op } from "../../../compiler/graph/ir.ts";
import { apply, type Node } from "../../../compiler/graph/node.ts";
import { elementCount } from "../../../compiler/graph/types.ts";
import { linear } from "../../../compiler/loop/kernel.ts";
import { div } from "../../../compiler/ops/arithmetic.ts";
import { eq, select } from "../../../compiler/ops/compare.ts";
import { scalar } from "../../../compiler/ops/elementwise.ts";
import { sum } from "../../../compiler/ops/reduce.ts";
import { reshape } from "../../../compiler/ops/view.ts";
import { fold, windows } from "../../../compiler/ops/windows.ts";

const attributes = { width: integer };

/**
 * The largest of `width` neighbours in time: y[n,t,c] = the maximum over p of x[n,t+p,c].
 * Shapes: x [N,T,C] -> y [N,T-width+1,C]. FLOPs: width - 1 for each element.
 * Throws shape/rank unless x has three axes, attribute/range where the window does not fit.
 */
export const movingMaxOp: Op<"x", typeof attributes> = defineOp({
  name: "movingMax",
  attributes,
  doc: "y[n,t,c] = the maximum over p of x[n,t+p,c], 0 <= p < width. Equal maxima share the cotangent.",
  kind: "reduction",
  method: "rounded",
  inputs: ["x"],
  shape({ x }, { width }, at) {
    if (x.dims.length !== 3) throw rank(at, 0, "x: [N, T, C]", x);
    const [n, steps, channels] = x.dims;
    const places = (steps as number) - width + 1;
    if (!(width >= 1 && places >= 1)) throw badAttribute(at, "width", `from 1 to ${steps}`, width);
    return { dtype: x.dtype, dims: [n!, places, channels!] };
  },
  flops: (_inputs, { dims }, rows, { width }) => (width - 1) * elementCount(dims, rows),
  adjoint(dy, { x }, y) {
    const sliding = { kernel: [y.attrs.width], stride: [1], padding: [0], dilation: [1] };
    const [n, places, channels] = y.type.dims;
    const beside = (value: Node): Node => reshape(value, [n!, places!, 1, channels!]);
    const attained = eq(windows(x, 1, sliding, 0), beside(y));
    const count = sum(select(attained, scalar(1, x.type.dtype), 0), [2]);
    return { x: fold(select(attained, beside(div(dy, count)), 0), "n,t,p,c->n,t+p,c", x.type.dims) };
  },
  reference({ x }, [n, places, channels], { width }) {
    const steps = x.dims[1]!;
    const y = new Float64Array(n! * places! * channels!).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < y.length; i++) {
      const [row, inRow] = [Math.floor(i / (places! * channels!)), i % (places! * channels!)];
      for (let p = 0; p < width; p++) y[i] = Math.max(y[i]!, x.data[row * steps * channels! + inRow + p * channels!]!);
    }
    return y;
  },
  element: (build, { x }, [n, t, c], { attrs }) =>
    build.reduce("max", [attrs.width], (p) => x!.at([n!, linear([t!, p], [1, 1]), c!])),
  samples: [
    { shapes: { x: ["n", 5, 3] }, attrs: { width: 2 } },
    { shapes: { x: [2, 4, 1] }, attrs: { width: 4 } },
    { shapes: { x: [1, 7, 5] }, attrs: { width: 3 } },
    { shapes: { x: ["n", 3, 2] }, attrs: { width: 1 } },
  ],
  rejects: [
    { shapes: { x: ["n", 5] }, attrs: { width: 2 }, code: "shape/rank" },
    { shapes: { x: ["n", 5, 3] }, attrs: { width: 6 }, code: "attribute/range" },
  ],
});

export const movingMax = (x: Node, width: number): Node => apply(movingMaxOp, [x], { width });
