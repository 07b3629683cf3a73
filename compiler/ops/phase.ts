import { wrongDType } from "../diagnostics.ts";
import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { printType, sameType } from "../graph/types.ts";

/**
 * A value that is one thing in training and another in inference: dropout, batch normalisation. It stands in a traced
 * model only; simplify/specialize.ts puts the one or the other in its place before any adjoint is taken.
 */
export const phaseOp = defineOp({
  name: "phase",
  doc: "`train` in the step, `infer` in evaluate and infer. Both have one type. Gone before the adjoint is built.",
  kind: "view",
  method: "exact",
  inputs: ["train", "infer"],
  shape({ train, infer }, _attrs, at) {
    if (!sameType(train, infer)) throw wrongDType(at, 1, printType(train), infer);
    return train;
  },
  flops: () => 0,
  // specialize comes before the reverse walk, which therefore never meets one.
  adjoint: "none",
  reference: ({ train }) => train.data.slice(),
  element: (_build, { train }, at) => train!.at(at),
  samples: [{ shapes: { train: ["n", 3], infer: ["n", 3] } }],
  rejects: [{ shapes: { train: ["n", 3], infer: ["n", 4] }, code: "type/dtype" }],
});

export const phase = (train: Node, infer: Node): Node => apply(phaseOp, [train, infer]);
