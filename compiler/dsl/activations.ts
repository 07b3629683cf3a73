/**
 * Activations: functions that stand between layers, element by element except for softmax and logSoftmax. Those that are
 * one op say no more; the others are written in ops, and their derivatives come out by rule.
 */
import type { Unary } from "./math.ts";
import { operate } from "./operate.ts";

export * from "./activations/hard.ts";
export * from "./activations/learnable.ts";
export * from "./activations/rectified.ts";
export * from "./activations/smooth.ts";
export * from "./activations/softmax.ts";

/** x, unchanged. */
export const identity: Unary = (x) => operate("identity", x, (node) => node);
