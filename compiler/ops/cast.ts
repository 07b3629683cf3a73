import { wrongDType } from "../diagnostics.ts";
import { resultDType } from "../graph/attributes.ts";
import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { elementCount, type FloatType } from "../graph/types.ts";

/**
 * Labels as numbers, rounded once to the type. Shapes: x i32 [...] -> y [...]. FLOPs: none. No cotangent flows into labels.
 */
export const castOp = defineOp({
  name: "cast",
  attributes: { dtype: resultDType },
  doc: "Labels as numbers, rounded once to the type: in f32 exact up to 2^24. x i32 [...] -> y [...].",
  kind: "source",
  method: "exact",
  inputs: ["x"],
  shape({ x }, { dtype }, at) {
    if (x.dtype !== "i32") throw wrongDType(at, 0, "i32 labels", x);
    return { dtype, dims: x.dims };
  },
  flops: () => 0,
  adjoint: "none",
  reference: ({ x }, dims) => x.data.slice(0, elementCount(dims, 1)),
  element: (build, { x }, at) => build.op("float", x!.at(at)),
  samples: [
    { shapes: { x: ["n"] }, attrs: { dtype: "f64" }, integers: ["x"] },
    { shapes: { x: ["n", 5] }, attrs: { dtype: "f64" }, integers: ["x"] },
    { shapes: { x: [3, 2] }, attrs: { dtype: "f64" }, integers: ["x"] },
  ],
  rejects: [],
});

export const cast = (x: Node, dtype: FloatType): Node => apply(castOp, [x], { dtype });
