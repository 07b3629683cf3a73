/** One hidden layer of tanh: a sum of `width` smooth steps. */
import { adam, cosine, dense, meanSquaredError, model, normal, tanh, uniformInit } from "nabla";

/** The network of the given width; a step takes all 128 rows. */
export const withWidth = (width: number, steps = 3000) =>
  model({
    inputs: { x: [1] },
    targets: { wanted: [1] },
    batch: 128,
    forward({ x }) {
      // Steps of different slopes, at different places of [-2, 2]: what a target of one variable needs to begin with.
      const hidden = tanh(dense(x, width, { weight: normal(3), biasInit: uniformInit(-4, 4) }));
      return { y: dense(hidden, 1) };
    },
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: adam({ rate: cosine({ from: 0.02, steps }) }),
    budget: { wasm: 3_000, memory: 65_536, flops: 500 },
  });

export default withWidth(16);
