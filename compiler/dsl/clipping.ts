/**
 * Gradient clipping: a limit on the gradients of a step, penalties of regularisers included, before the optimiser sees them.
 *
 *   sgd({ rate: 0.1, clip: { value: 1 } })      each element is kept from -1 to 1
 *   sgd({ rate: 0.1, clip: { norm: 1 } })       all gradients are scaled by one number, so that their norm is at most 1
 */
import type { Node } from "../graph/node.ts";
import { add, div, maximum, minimum, mul, sqrt, sum } from "../ops/index.ts";
import { type Call, requireKnownKeys, requirePositive, requireThat } from "./settings.ts";

/** A limit on each element of the gradients, or on the Euclidean norm of all of them as one vector. */
export type Clip = { readonly value: number } | { readonly norm: number };

export function requireClip(call: Call, clip: Clip): void {
  const known = ["value", "norm"] as const;
  const isObject = requireThat(typeof clip === "object" && clip !== null, call, "clip", clipForms, clip);
  if (!isObject) return;
  const at = { ...call, op: `${call.op}.clip` };
  requireKnownKeys(at, clip, known);
  const given = known.filter((key) => key in clip);
  const isOne = requireThat(given.length === 1, call, "clip", clipForms, given.length ? "both" : "neither");
  if (isOne) requirePositive(at, given[0]!, (clip as Record<string, unknown>)[given[0]!]);
}

const clipForms = "{ value: ... } or { norm: ... }";

/** The gradients within the limit; those that keep it already are the same to the bit. */
export const clipGradients = (gradients: readonly Node[], clip: Clip | undefined): readonly Node[] =>
  clip === undefined ? gradients : "value" in clip ? clipEach(gradients, clip.value) : clipNorm(gradients, clip.norm);

/** NaN stays NaN. */
const clipEach = (gradients: readonly Node[], limit: number): Node[] =>
  gradients.map((gradient) => minimum(maximum(gradient, -limit), limit));

/**
 * g' = g * limit / max(norm, limit). Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks".
 * As TensorFlow's clip_by_global_norm; PyTorch divides by norm + 1e-6, Keras' clipnorm takes each parameter by itself.
 */
function clipNorm(gradients: readonly Node[], limit: number): Node[] {
  const squares = gradients.map((gradient) => sum(mul(gradient, gradient)));
  const norm = sqrt(squares.reduce((total, square) => add(total, square)));
  const scale = div(limit, maximum(norm, limit));
  return gradients.map((gradient) => mul(gradient, scale));
}
