/**
 * Gradient clipping: a limit on the gradients of a step, penalties of regularisers included, before the optimiser sees them.
 *
 *   sgd({ rate: 0.1, clip: { value: 1 } })      each element is kept from -1 to 1
 *   sgd({ rate: 0.1, clip: { norm: 1 } })       all gradients are scaled by one number, so that their norm is at most 1
 */
import type { Node } from "../graph/node.ts";
import type { FloatType } from "../graph/types.ts";
import { abs, add, and, div, ge, lt, max, maximum, minimum, mul, scalar, select, sqrt, sum } from "../ops/index.ts";
import { type Call, requireKnownKeys, requirePositive, requireThat } from "./settings.ts";

/** A limit on each element of the gradients, or on the Euclidean norm of all of them as one vector. */
export type Clip = { readonly value: number } | { readonly norm: number };

export function requireClip(call: Call, clip: unknown): boolean {
  const known = ["value", "norm"] as const;
  const isObject = requireThat(typeof clip === "object" && clip !== null, call, "clip", clipForms, clip);
  if (!isObject) return false;
  const at = { ...call, op: `${call.op}.clip` };
  requireKnownKeys(at, clip as object, known);
  const given = known.filter((key) => key in (clip as object));
  const isOne = requireThat(given.length === 1, call, "clip", clipForms, given.length ? "both" : "neither");
  return isOne && requirePositive(at, given[0]!, (clip as Record<string, unknown>)[given[0]!]);
}

const clipForms = "{ value: ... } or { norm: ... }";

/** The gradients within the limit; those that keep it already are the same to the bit. */
export const clipGradients = (gradients: readonly Node[], clip: Clip | undefined): readonly Node[] =>
  clip === undefined ? gradients : "value" in clip ? clipEach(gradients, clip.value) : clipNorm(gradients, clip.norm);

/** NaN stays NaN. */
const clipEach = (gradients: readonly Node[], limit: number): Node[] =>
  gradients.map((gradient) => minimum(maximum(gradient, -limit), limit));

/**
 * g' = g * min(limit / norm, 1). Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks".
 * As TensorFlow's clip_by_global_norm, also in that one infinite or NaN gradient makes all NaN, which the next loss shows;
 * PyTorch divides by norm + 1e-6, Keras' clipnorm takes each parameter by itself.
 */
function clipNorm(gradients: readonly Node[], limit: number): Node[] {
  const largest = gradients.map((gradient) => max(abs(gradient))).reduce((a, b) => maximum(a, b));
  const scale = scaleForSquares(largest);
  const squares = gradients.map((gradient) => {
    const scaled = mul(gradient, scale);
    return sum(mul(scaled, scaled));
  });
  const scaledNorm = sqrt(squares.reduce((total, square) => add(total, square)));
  const quotient = div(limit, scaledNorm);
  // Where all gradients are 0 the quotient is infinite, and the factor 1.
  const factor = minimum(mul(quotient, scale), 1);
  const dtype = largest.type.dtype as FloatType;
  const { above, limits, scale: down } = large[dtype];
  if (limit > limits) return gradients.map((gradient) => mul(gradient, factor));
  // The factor of huge gradients may be too small for the element type to hold its digits: they are scaled down at the end.
  const isLarge = and(ge(largest, above), lt(largest, Number.POSITIVE_INFINITY));
  const first = select(isLarge, quotient, factor);
  const last = select(isLarge, down, scalar(1, dtype));
  return gradients.map((gradient) => mul(mul(gradient, first), last));
}

interface Range {
  /** The largest size is below this. */
  readonly below: number;
  readonly scale: number;
}

/** The range of what would overflow. Limits up to `limits` are exceeded there, and finite when they are divided by the scale. */
const large = {
  f32: { above: 2 ** 40, limits: 2 ** 40, scale: 2 ** -80 },
  f64: { above: 2 ** 400, limits: 2 ** 300, scale: 2 ** -700 },
} as const;

/** Scaled, the largest size lies from 2^-40 to 2^48, and in f64 from 2^-400 to 2^400. */
const ranges: Readonly<Record<FloatType, readonly Range[]>> = {
  f32: [
    { below: 2 ** -90, scale: 2 ** 120 },
    { below: 2 ** -40, scale: 2 ** 64 },
    { below: large.f32.above, scale: 1 },
    { below: Number.POSITIVE_INFINITY, scale: large.f32.scale },
  ],
  f64: [
    { below: 2 ** -400, scale: 2 ** 700 },
    { below: large.f64.above, scale: 1 },
    { below: Number.POSITIVE_INFINITY, scale: large.f64.scale },
  ],
};

/**
 * What numbers are multiplied by so that their squares neither overflow nor vanish, from the size of the largest (as Blue 1978, "A
 * portable Fortran program to find the Euclidean norm of a vector"). A power of two rounds nothing. NaN where the largest is
 * not finite.
 */
const scaleForSquares = (largest: Node): Node =>
  ranges[largest.type.dtype as FloatType].reduceRight(
    (beyond, { below, scale }) => select(lt(largest, below), scale, beyond),
    scalar(Number.NaN, largest.type.dtype),
  );
