/**
 * Initialisers scaled by the fans of a shape, so that signals keep their size from layer to layer. Of [..., in, out]: fanIn = in *
 * the extents before it, fanOut = out * the extents before `in`; of [k]: both k. None is truncated, as in PyTorch; the normal
 * ones of Keras are.
 */
import type { Node } from "../../graph/node.ts";
import { between, gaussian, type Initializer, type RandomSource } from "./initializer.ts";

/** Draws with a variance that a shape decides. */
const scaled = (
  name: string,
  draw: (variance: number, source: RandomSource) => Node,
  variance: (dims: readonly number[]) => number,
): Initializer => ({ name, initial: (dims, source) => draw(variance(dims), source) });

const byNormal = (variance: number, source: RandomSource): Node => gaussian(Math.sqrt(variance), source);

/** A uniform number within a of 0 has the variance a^2 / 3. */
function byUniform(variance: number, source: RandomSource): Node {
  const limit = Math.sqrt(3 * variance);
  return between(-limit, limit, source);
}

const glorot = (dims: readonly number[]): number => 2 / (fanIn(dims) + fanOut(dims));
const he = (dims: readonly number[]): number => 2 / fanIn(dims);
const lecun = (dims: readonly number[]): number => 1 / fanIn(dims);

/** Uniform within sqrt(6 / (fanIn + fanOut)) of 0. Glorot and Bengio 2010, for tanh and other odd activations. */
export const glorotUniform = (): Initializer => scaled("glorotUniform", byUniform, glorot);

/** Normal with variance 2 / (fanIn + fanOut). Glorot and Bengio 2010. */
export const glorotNormal = (): Initializer => scaled("glorotNormal", byNormal, glorot);

/** Uniform within sqrt(6 / fanIn) of 0. He et al. 2015, for relu and its kin. */
export const heUniform = (): Initializer => scaled("heUniform", byUniform, he);

/** Normal with variance 2 / fanIn. He et al. 2015. */
export const heNormal = (): Initializer => scaled("heNormal", byNormal, he);

/** Uniform within sqrt(3 / fanIn) of 0. LeCun et al. 1998, "Efficient backprop"; for selu, Klambauer et al. 2017. */
export const lecunUniform = (): Initializer => scaled("lecunUniform", byUniform, lecun);

/** Normal with variance 1 / fanIn. LeCun et al. 1998. */
export const lecunNormal = (): Initializer => scaled("lecunNormal", byNormal, lecun);

const product = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);
const fanIn = (dims: readonly number[]): number => (dims.length < 2 ? product(dims) : product(dims.slice(0, -1)));
const fanOut = (dims: readonly number[]): number =>
  dims.length < 2 ? product(dims) : product(dims.slice(0, -2)) * dims.at(-1)!;
