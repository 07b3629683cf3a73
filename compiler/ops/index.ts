/** The table of ops. A new op is a record in its file and its name here. */
import type { Op } from "../graph/ir.ts";
import { argmaxOp } from "./argmax.ts";
import { addOp, divOp, mulNoNanOp, mulOp, negOp, subOp } from "./arithmetic.ts";
import { castOp } from "./cast.ts";
import { andOp, eqOp, geOp, gtOp, leOp, ltOp, neOp, notOp, orOp, selectOp } from "./compare.ts";
import { concatOp } from "./concat.ts";
import { batchedMatmulOp } from "./contraction/batched-matmul.ts";
import { contractionOp } from "./contraction/contraction.ts";
import { convolutionOp } from "./contraction/convolution.ts";
import { matmulOp } from "./contraction/matmul.ts";
import { copyOp } from "./copy.ts";
import { discretizeOp } from "./discretize.ts";
import { constOp } from "./elementwise.ts";
import { expm1Op, expOp, log1pOp, logOp, powOp, sqrtOp } from "./exponential.ts";
import { gatherOp, scatterAddOp } from "./gather.ts";
import { inputOp, stateOp } from "./leaf.ts";
import { oneHotOp } from "./one-hot.ts";
import { padOp, sliceOp } from "./pad.ts";
import { phaseOp } from "./phase.ts";
import { absOp, floorOp, maximumOp, minimumOp, reluOp } from "./piecewise.ts";
import { maxOp, minOp, prodOp, sumOp } from "./reduce.ts";
import { erfOp, sigmoidOp, softplusOp, tanhOp } from "./sigmoidal.ts";
import { iotaOp, rowsOp, stepOp, uniformOp } from "./source.ts";
import { cosOp, sinOp } from "./trigonometric.ts";
import { broadcastOp, reshapeOp, stopGradientOp, transposeOp } from "./view.ts";
import { foldOp, windowsOp } from "./windows.ts";

export const ops: readonly Op[] = [
  ...[inputOp, stateOp, constOp],
  ...[negOp, addOp, subOp, mulOp, divOp, mulNoNanOp],
  ...[expOp, logOp, expm1Op, log1pOp, sqrtOp, powOp],
  ...[tanhOp, sigmoidOp, softplusOp, erfOp, sinOp, cosOp],
  ...[absOp, reluOp, minimumOp, maximumOp, floorOp],
  ...[eqOp, neOp, ltOp, leOp, gtOp, geOp, andOp, orOp, notOp, selectOp],
  ...[sumOp, prodOp, maxOp, minOp, argmaxOp, foldOp],
  ...[matmulOp, batchedMatmulOp, convolutionOp, contractionOp],
  ...[transposeOp, reshapeOp, broadcastOp, stopGradientOp, sliceOp, padOp, concatOp, windowsOp, copyOp],
  ...[gatherOp, scatterAddOp],
  ...[oneHotOp, castOp, discretizeOp, rowsOp, stepOp, iotaOp, uniformOp, phaseOp],
];

export const opByName: ReadonlyMap<string, Op> = new Map(ops.map((op) => [op.name, op]));

export { argmax } from "./argmax.ts";
export * from "./arithmetic.ts";
export { cast } from "./cast.ts";
export * from "./compare.ts";
export * from "./concat.ts";
export { batchedMatmul } from "./contraction/batched-matmul.ts";
export { contract, mapsOf } from "./contraction/contraction.ts";
export { convolution, placesAlong, type Window } from "./contraction/convolution.ts";
export { matmul } from "./contraction/matmul.ts";
export * from "./copy.ts";
export { discretize } from "./discretize.ts";
export { applyElementwise, constOp, type Operand, scalar } from "./elementwise.ts";
export * from "./exponential.ts";
export * from "./gather.ts";
export * from "./leaf.ts";
export * from "./one-hot.ts";
export * from "./pad.ts";
export * from "./phase.ts";
export * from "./piecewise.ts";
export * from "./reduce.ts";
export * from "./sigmoidal.ts";
export * from "./source.ts";
export * from "./trigonometric.ts";
export * from "./view.ts";
export { fold, outsideOf, type Windows, windows, windowsBy } from "./windows.ts";
