/** One hidden layer on inputs in [99.9, 100.1], with and without standardising them first. */
import { adam, dense, meanSquaredError, model, standardize, type Tensor, tanh } from "nabla";

const fit = (prepare: (x: Tensor<[1]>) => Tensor<[1]>) =>
  model({
    inputs: { x: [1] },
    targets: { wanted: [1] },
    batch: 32,
    forward({ x }) {
      const input = prepare(x);
      const hidden = tanh(dense(input, 24));
      return { y: dense(hidden, 1) };
    },
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: adam({ rate: 0.01 }),
    budget: { wasm: 2_200, memory: 65_536, flops: 150 },
  });

export const raw = fit((x) => x);
export default fit(standardize);
