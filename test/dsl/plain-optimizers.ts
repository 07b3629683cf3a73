/** Optimisers in plain float64, one element at a time, line by line from their papers. Rates are functions of t, from 1. */
import type { Move } from "./plain-net.ts";

/** Robbins and Monro 1951. */
export const sgd =
  (rate: number): Move =>
  (w, g) =>
    w - rate * g;

/** Polyak 1964. */
export function momentum(rate: number, mu: number): Move {
  let v = 0;
  return (w, g) => {
    v = mu * v + g;
    return w - rate * v;
  };
}

/**
 * Sutskever et al. 2013, equations 3 and 4: theta at w + mu v, where the gradient is taken, is the parameter; the velocity
 * there has the rate inside.
 */
export function nesterov(rate: number, mu: number): Move {
  let v = 0;
  return (lookahead, g) => {
    const theta = lookahead - mu * v;
    v = mu * v - rate * g;
    return theta + v + mu * v;
  };
}

/** Duchi et al. 2011. */
export function adagrad(rate: number, epsilon: number, start: number): Move {
  let sum = start;
  return (w, g) => {
    sum += g ** 2;
    return w - (rate / (Math.sqrt(sum) + epsilon)) * g;
  };
}

/** Zeiler 2012, algorithm 1. */
export function adadelta(rate: number, rho: number, epsilon: number): Move {
  let [gradients, changes] = [0, 0];
  const rms = (mean: number) => Math.sqrt(mean + epsilon);
  return (w, g) => {
    gradients = rho * gradients + (1 - rho) * g ** 2;
    const change = -(rms(changes) / rms(gradients)) * g;
    changes = rho * changes + (1 - rho) * change ** 2;
    return w + rate * change;
  };
}

interface RmspropByHand {
  rate: number;
  rho: number;
  mu: number;
  centered: boolean;
  epsilon: number;
}

/** Tieleman and Hinton 2012; Graves 2013, equations 38 to 41, with epsilon outside of the root. */
export function rmsprop({ rate, rho, mu, centered, epsilon }: RmspropByHand): Move {
  let [n, mean, delta] = [0, 0, 0];
  return (w, g) => {
    n = rho * n + (1 - rho) * g ** 2;
    mean = rho * mean + (1 - rho) * g;
    delta = mu * delta - rate * (g / (Math.sqrt(centered ? n - mean ** 2 : n) + epsilon));
    return w + delta;
  };
}

/** Kingma and Ba 2015, algorithm 1; the rate of Loshchilov and Hutter's schedule may vary. */
export function adam(rate: (t: number) => number, beta1: number, beta2: number, epsilon: number): Move {
  let [m, v] = [0, 0];
  return (w, g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    return w - (rate(t) * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  };
}

/** Dozat 2016, algorithm 2. */
export function nadam(rate: number, beta1: number, beta2: number, epsilon: number): Move {
  const mu = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t / 250));
  let [m, n, product] = [0, 0, 1];
  return (w, g, t) => {
    product *= mu(t);
    m = mu(t) * m + (1 - mu(t)) * g;
    n = beta2 * n + (1 - beta2) * g ** 2;
    const mHat = (mu(t + 1) * m) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * g) / (1 - product);
    return w - (rate / (Math.sqrt(n / (1 - beta2 ** t)) + epsilon)) * mHat;
  };
}

/** Chen et al. 2023, algorithm 2. */
export function lion(rate: number, beta1: number, beta2: number): Move {
  let m = 0;
  return (w, g) => {
    const update = Math.sign(beta1 * m + (1 - beta1) * g);
    m = beta2 * m + (1 - beta2) * g;
    return w - rate * update;
  };
}

/** Loshchilov and Hutter 2019: what a move is with decoupled weight decay, w's share taken from the old w. */
export const decayed =
  (move: Move, rate: (t: number) => number, decay: number): Move =>
  (w, g, t) =>
    move(w, g, t) - rate(t) * decay * w;
