/** A network that is too large for its few points, with and without what keeps it from learning their noise. */
import { adam, cosine, dense, dropout, l1, l2, meanSquaredError, model, type Regularizer, tanh } from "nabla";

/** 1-48-48-1; `drop` is the probability that a hidden unit is left out. */
export const withRemedy = ({ regularize, drop = 0, steps = 4000 }: Remedy) =>
  model({
    inputs: { x: [1] },
    targets: { wanted: [1] },
    batch: 16,
    forward({ x }) {
      const first = dropout(tanh(dense(x, 48)), drop);
      const second = dropout(tanh(dense(first, 48)), drop);
      return { y: dense(second, 1) };
    },
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    ...(regularize ? { regularize } : {}),
    optimizer: adam({ rate: cosine({ from: 0.01, steps }) }),
    budget: { wasm: 14_000, memory: 65_536, flops: 5_500 },
  });

interface Remedy {
  readonly regularize?: Regularizer;
  readonly drop?: number;
  readonly steps?: number;
}

export const remedies = (steps: number) => ({
  none: withRemedy({ steps }),
  L1: withRemedy({ regularize: l1(1e-3), steps }),
  L2: withRemedy({ regularize: l2(1e-3), steps }),
  dropout: withRemedy({ drop: 0.1, steps }),
});

export default withRemedy({});
