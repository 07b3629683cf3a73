/** S-shaped functions and their kin: tanh, sigmoid, softplus, erf. Helpers compute them without overflow. */
import type { Node } from "../graph/node.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { applyElementwise, elementwise } from "./elementwise.ts";
import { erfReference } from "./erf-reference.ts";
import { exp } from "./exponential.ts";

export const tanhOp = elementwise("tanh", {
  doc: "y = tanh x, from -1 to 1. dy/dx = 1 - y^2: the input need not be kept.",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [-1, 1],
  slopes: "vanishing",
  f: Math.tanh,
  df: { x: ({ dy, y }) => mul(dy, sub(1, mul(y, y))) },
});

export const sigmoidOp = elementwise("sigmoid", {
  doc: "y = 1 / (1 + e^-x), from 0 to 1. dy/dx = y (1 - y): the input need not be kept.",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [0, 1],
  slopes: "vanishing",
  f: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  df: { x: ({ dy, y }) => mul(dy, mul(y, sub(1, y))) },
});

export const softplusOp = elementwise("softplus", {
  doc: "y = ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|): finite for every finite x. dy/dx = sigmoid(x).",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [0, Number.POSITIVE_INFINITY],
  slopes: "vanishing",
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  df: { x: ({ dy, x }) => mul(dy, sigmoid(x)) },
});

export const erfOp = elementwise("erf", {
  doc: "y = erf x = 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. dy/dx = 2/sqrt(pi) e^(-x^2).",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [-1, 1],
  slopes: "vanishing",
  f: erfReference,
  df: { x: ({ dy, x }) => mul(mul(dy, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x)))) },
});

export const tanh = (x: Node): Node => applyElementwise(tanhOp, [x]);
export const sigmoid = (x: Node): Node => applyElementwise(sigmoidOp, [x]);
export const softplus = (x: Node): Node => applyElementwise(softplusOp, [x]);
export const erf = (x: Node): Node => applyElementwise(erfOp, [x]);
