/** The errors of losses that are given something else than logits and a target. */
import { CompileError, describe } from "../../diagnostics.ts";
import type { Node } from "../../graph/node.ts";
import { sourceOf } from "../../graph/origin.ts";
import { printDims } from "../../graph/types.ts";
import { makerOfProbabilities } from "../activations/probabilities.ts";
import { callOf } from "../settings.ts";
import { refuse } from "../tensor.ts";

const fail = (code: string, call: string, message: string, notes: readonly string[], hint: string): CompileError =>
  new CompileError([{ code, message: `${call}: ${message}`, ...sourceOf(callOf(call).origin), notes, hint }]);

/** Refuses logits that are probabilities already; undefined where they are not. */
export function refuseProbabilities(call: string, logits: Node): Node | undefined {
  const maker = makerOfProbabilities(logits);
  return maker === undefined ? undefined : refuse(probabilitiesGiven(call, logits, maker));
}

const probabilitiesGiven = (call: string, got: Node, maker: string) =>
  fail(
    "loss/probabilities",
    call,
    `the logits have been through ${maker} already`,
    [
      "expected  logits: numbers of any size and sign, as a dense layer gives them",
      `got       the result of ${maker}: ${describe(got)}`,
    ],
    `Pass what ${maker} was given: the loss turns it into probabilities itself, without overflow.`,
  );

/** A target of softmaxCrossEntropy that is neither labels nor one probability a class. */
export const wrongTarget = (call: string, logits: Node, got: Node) =>
  fail(
    "loss/target",
    call,
    "the target holds neither labels nor a probability for each class",
    [
      `expected  classes(${logits.type.dims[1]}) or [${logits.type.dims[1]}]  since logits = ${describe(logits)}`,
      `got       ${printDims(got.type.dims)}  ${describe(got)}`,
    ],
    "Declare the target as one of them, or use meanSquaredError for real-valued targets.",
  );
