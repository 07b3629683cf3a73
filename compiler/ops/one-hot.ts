import { badAttribute, wrongDType } from "../diagnostics.ts";
import { integer, resultDType } from "../graph/attributes.ts";
import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import type { FloatType } from "../graph/types.ts";

/**
 * One-hot encoding: y[..., k] = 1 where labels[...] == k, else 0.
 * Shapes: labels i32 [...] -> y [..., classes]. Labels are checked before an entry begins, so none is out of range.
 * No cotangent flows into labels.
 */
export const oneHotOp = defineOp({
  name: "oneHot",
  attributes: { classes: integer, dtype: resultDType },
  doc: "y[..., k] = 1 where labels[...] == k, else 0. labels i32 [...] -> y [..., classes].",
  kind: "source",
  method: "exact",
  image: [0, 1],
  inputs: ["labels"],
  labels: { labels: (_types, { classes }) => classes },
  shape({ labels }, { classes, dtype }, at) {
    if (labels.dtype !== "i32") throw wrongDType(at, 0, "i32 labels", labels);
    if (!Number.isInteger(classes) || classes < 1) throw badAttribute(at, "classes", "an integer from 1 on", classes);
    return { dtype, dims: [...labels.dims, classes] };
  },
  flops: () => 0,
  adjoint: "none",
  reference({ labels }, dims) {
    const classes = dims.at(-1)!;
    const y = new Float64Array(labels.data.length * classes);
    labels.data.forEach((label, row) => {
      if (label >= 0 && label < classes) y[row * classes + label] = 1;
    });
    return y;
  },
  element(build, { labels }, at) {
    const matches = build.op("i32.eq", labels!.at(at.slice(0, -1)), build.index(at.at(-1)!));
    return build.op("select", matches, build.constant(1), build.constant(0));
  },
  samples: [
    { shapes: { labels: ["n"] }, attrs: { classes: 3, dtype: "f64" } },
    { shapes: { labels: [5] }, attrs: { classes: 10, dtype: "f64" } },
  ],
  rejects: [{ shapes: { labels: ["n"] }, attrs: { classes: 0, dtype: "f64" }, code: "attribute/range" }],
});

export const oneHot = (labels: Node, classes: number, dtype: FloatType): Node =>
  apply(oneHotOp, [labels], { classes, dtype });
