/** The same network on badly scaled inputs: as it is, with batch normalisation after the first layer, and on the inputs. */
import { batchNorm, dense, meanSquaredError, model, momentum, type Tensor, tanh } from "nabla";

/** Where batch normalisation stands. */
export type Place = "nowhere" | "hidden" | "inputs";

/** 7-24-1. */
export const withBatchNorm = (place: Place) =>
  model({
    inputs: { features: [7] },
    targets: { wanted: [1] },
    batch: 32,
    forward({ features }) {
      // A variance of 1e-6 must not drown in epsilon, which is 1e-5 unless said.
      const scaled: Tensor<[7]> = place === "inputs" ? batchNorm(features, { epsilon: 1e-10 }) : features;
      const weighted = dense(scaled, 24);
      const hidden = tanh(place === "hidden" ? batchNorm(weighted) : weighted);
      return { y: dense(hidden, 1) };
    },
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: momentum({ rate: 0.01 }),
    budget: { wasm: 3_500, memory: 65_536, flops: 500 },
  });

export default withBatchNorm("inputs");
