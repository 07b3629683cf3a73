import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";

/** y = x in memory of its own: what is read often in another order than it lies in. */
export const copyOp = defineOp({
  name: "copy",
  doc: "y = x, in memory of its own, in row-major order.",
  kind: "view",
  method: "exact",
  stored: true,
  inputs: ["x"],
  shape: ({ x }) => x,
  flops: () => 0,
  adjoint: (dy) => ({ x: dy }),
  reference: ({ x }) => x.data.slice(),
  element: (_build, { x }, at) => x!.at(at),
  samples: [{ shapes: { x: ["n", 3] } }, { shapes: { x: [2, 5] } }],
  rejects: [],
});

export const copy = (x: Node): Node => apply(copyOp, [x]);
