/** Sources: values from nothing but an index: the row count, the step count, positions and random numbers. */
import { badAttribute } from "../diagnostics.ts";
import { integer, resultDims, resultDType } from "../graph/attributes.ts";
import { defineOp, noInputs } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { type Dims, elementCount, type FloatType } from "../graph/types.ts";
import { threefryUniform } from "./threefry-reference.ts";

export const rowsOp = defineOp({
  name: "rows",
  doc: "The number of rows n of this call, as a float: what a mean over the batch divides by.",
  kind: "source",
  method: "exact",
  image: [1, Number.POSITIVE_INFINITY],
  attributes: { dtype: resultDType },
  inputs: noInputs,
  shape: (_types, { dtype }) => ({ dtype, dims: [] }),
  flops: () => 0,
  adjoint: "none",
  reference: (_inputs, _dims, _attrs, { rows }) => Float64Array.of(rows),
  element: (build) => build.rows(),
  samples: [{ shapes: {}, attrs: { dtype: "f64" } }],
  rejects: [],
});

export const stepOp = defineOp({
  name: "step",
  doc:
    "The number of this step, as a float: 1 in the first after init. What a learning-rate schedule follows. Outside of " +
    "the training step it is the number of the last one. In f32 it is exact up to 2^24.",
  kind: "source",
  method: "exact",
  image: [1, Number.POSITIVE_INFINITY],
  attributes: { dtype: resultDType },
  inputs: noInputs,
  shape: (_types, { dtype }) => ({ dtype, dims: [] }),
  flops: () => 0,
  adjoint: "none",
  reference: (_inputs, _dims, _attrs, { step }) => Float64Array.of(step),
  element: (build) => build.step(),
  samples: [{ shapes: {}, attrs: { dtype: "f64" } }],
  rejects: [],
});

export const iotaOp = defineOp({
  name: "iota",
  doc: "Element i of a vector is i, from 0: what a mask over positions compares.",
  kind: "source",
  method: "exact",
  attributes: { dims: resultDims, dtype: resultDType },
  inputs: noInputs,
  shape(_types, { dims, dtype }, at) {
    if (dims.length !== 1 || dims[0] === "n") throw badAttribute(at, "dims", "one extent", `[${dims}]`);
    return { dtype, dims };
  },
  flops: () => 0,
  adjoint: "none",
  reference: (_inputs, [count]) => Float64Array.from({ length: count! }, (_, i) => i),
  element: (build, _inputs, [i]) => build.op("float", build.index(i!)),
  samples: [7, 2, 1].map((count) => ({ shapes: {}, attrs: { dtype: "f64", dims: [count] } })),
  rejects: [{ shapes: {}, attrs: { dtype: "f64", dims: [2, 3] }, code: "attribute/range" }],
});

export const uniformOp = defineOp({
  name: "uniform",
  doc:
    "Uniform numbers in [0, 1) with 24 random bits: Threefry-2x32 with key (seed, step) and counter (element, stream). " +
    "The same numbers in f32 and f64, in any order, at every recomputation. Salmon et al. 2011, Parallel random numbers.",
  kind: "source",
  method: "helper",
  image: [0, 1],
  attributes: { dims: resultDims, dtype: resultDType, stream: integer },
  inputs: noInputs,
  shape: (_types, { dims, dtype }) => ({ dtype, dims }),
  flops: () => 0,
  adjoint: "none",
  reference: (_inputs, dims, attrs, { seed, step }) =>
    Float64Array.from({ length: elementCount(dims, 1) }, (_, e) => threefryUniform(seed, step, e, attrs.stream)),
  element: (build, _inputs, at, node) => build.uniform(node.attrs.stream, at),
  samples: [
    { shapes: {}, attrs: { dtype: "f64", dims: [3, 7], stream: 5 } },
    { shapes: {}, attrs: { dtype: "f64", dims: ["n", 5], stream: 1 } },
    { shapes: {}, attrs: { dtype: "f64", dims: [], stream: 2 } },
  ],
  rejects: [],
});

export const rows = (dtype: FloatType): Node => apply(rowsOp, [], { dtype });
export const step = (dtype: FloatType): Node => apply(stepOp, [], { dtype });
export const iota = (count: number, dtype: FloatType): Node => apply(iotaOp, [], { dims: [count], dtype });
export const uniform = (dims: Dims, stream: number, dtype: FloatType): Node =>
  apply(uniformOp, [], { dims, stream, dtype });
