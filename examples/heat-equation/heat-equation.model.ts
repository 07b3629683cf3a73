/**
 * A network that solves the heat equation on a rod, u_t = a u_xx for 0 < x < 1, from the equation alone: there are no
 * targets, the loss is how far the equation is from holding.
 *
 *   u(x, t) = sin(pi x) + t x (1 - x) network(x, t)       begins as sin(pi x), and is 0 at both ends, whatever is learned
 */
import { adam, add, batchMean, cosine, dense, grad, model, mul, sin, square, sub, type Tensor, tanh } from "nabla";

/** How fast heat spreads: length^2 / time. */
export const diffusivity = 0.1;

type Column = Tensor<[1]>;

function temperature(x: Column, t: Column): Column {
  const first = tanh(add(dense(x, 20, { name: "ofX" }), dense(t, 20, { name: "ofT", bias: false })));
  const second = tanh(dense(first, 20));
  const free = dense(second, 1);
  return add(sin(mul(Math.PI, x)), mul(mul(t, mul(x, sub(1, x))), free));
}

export const withSteps = (steps: number) =>
  model({
    inputs: { x: [1], t: [1] },
    targets: {},
    batch: 128,
    forward({ x, t }) {
      const u = temperature(x, t);
      const curvature = grad(grad(u, x), x);
      return { u, residual: sub(grad(u, t), mul(diffusivity, curvature)) };
    },
    loss: ({ residual }) => batchMean(square(residual)),
    optimizer: adam({ rate: cosine({ from: 0.01, steps }) }),
    budget: { wasm: 15_000, memory: 2 ** 18, flops: 4_500 },
  });

export default withSteps(4000);
