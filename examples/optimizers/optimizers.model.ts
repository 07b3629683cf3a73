/**
 * A race without data: one point (x, y) goes down Rosenbrock's valley, once for each optimiser of the DSL.
 *
 *   height(x, y) = (1 - x)^2 + 20 (y - x^2)^2       lowest, 0, at (1, 1); the valley y = x^2 bends and is nearly flat
 *
 * x and y are the parameters. The inputs move away from them: at 0, 0 the model says how high the point is, elsewhere
 * how high the rest of the surface is.
 */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  add,
  batchMean,
  constant,
  lion,
  model,
  momentum,
  mul,
  nadam,
  type Optimizer,
  parameter,
  rmsprop,
  sgd,
  square,
  sub,
} from "nabla";

export const start = { x: -1.4, y: 2.2 };

const race = (optimizer: Optimizer) =>
  model({
    inputs: { right: [1], up: [1] },
    targets: {},
    batch: 64,
    forward({ right, up }) {
      const x = add(parameter([1], constant(start.x), { name: "x" }), right);
      const y = add(parameter([1], constant(start.y), { name: "y" }), up);
      return { height: add(square(sub(1, x)), mul(20, square(sub(y, square(x))))) };
    },
    loss: ({ height }) => batchMean(height),
    optimizer,
    budget: { wasm: 700, memory: 65_536, flops: 10 },
  });

/** The model that each trains at a learning rate. */
export const racers = {
  sgd: (rate: number) => race(sgd({ rate })),
  momentum: (rate: number) => race(momentum({ rate })),
  nesterov: (rate: number) => race(momentum({ rate, nesterov: true })),
  adagrad: (rate: number) => race(adagrad({ rate })),
  adadelta: (rate: number) => race(adadelta({ rate })),
  rmsprop: (rate: number) => race(rmsprop({ rate })),
  "rmsprop, momentum": (rate: number) => race(rmsprop({ rate, momentum: 0.9 })),
  "rmsprop, centred": (rate: number) => race(rmsprop({ rate, centered: true })),
  adam: (rate: number) => race(adam({ rate })),
  adamW: (rate: number) => race(adamW({ rate })),
  nadam: (rate: number) => race(nadam({ rate })),
  lion: (rate: number) => race(lion({ rate })),
};

export default racers.adam(0.1);
