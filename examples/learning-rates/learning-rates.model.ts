/** Linear regression by gradient descent: the loss is a bowl, and what a rate does to it can be computed beforehand. */
import { cosine, dense, meanSquaredError, model, type Rate, sgd } from "nabla";

export const withRate = (rate: Rate, batch = 16) =>
  model({
    inputs: { x: [2] },
    targets: { wanted: [1] },
    batch,
    forward: ({ x }) => ({ y: dense(x, 1) }),
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: sgd({ rate }),
    budget: { wasm: 900, memory: 65_536, flops: 5 },
  });

/** From `from` down to 0 in so many steps. */
export const falling = (from: number, steps: number) => withRate(cosine({ from, steps }));

export default withRate(0.1);
