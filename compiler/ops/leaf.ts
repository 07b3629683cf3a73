/**
 * Leaves of a graph: what the caller passes and what lives from call to call. They compute nothing.
 */
import { leafAttributes } from "../graph/attributes.ts";
import { defineOp, noInputs } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import type { Origin } from "../graph/origin.ts";
import type { Type } from "../graph/types.ts";

const leafOp = (name: string, doc: string) =>
  defineOp({
    name,
    doc,
    kind: "leaf",
    method: "exact",
    inputs: noInputs,
    attributes: leafAttributes,
    shape: (_types, { dims, dtype }) => ({ dtype, dims }),
    flops: () => 0,
    adjoint: "none",
    reference: () => {
      throw new RangeError(`${name}: a leaf is given, not computed`);
    },
    element: "leaf",
    samples: [],
    rejects: [],
  });

export const inputOp = leafOp("input", "A value that the caller passes: an input of the model or a target.");
export const stateOp = leafOp(
  "state",
  "A value that lives from call to call: a parameter, optimiser state, a counter.",
);

export const input = (name: string, type: Type, origin?: Origin): Node =>
  apply(inputOp, [], { name, dtype: type.dtype, dims: type.dims }, { origin });

export const state = (name: string, type: Type, origin?: Origin): Node =>
  apply(stateOp, [], { name, dtype: type.dtype, dims: type.dims }, { origin });
