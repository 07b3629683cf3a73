/**
 * Initialisers: the values that parameters start from, as expressions over counter-based random sources, so that a seed
 * gives the same bits on every machine.
 *
 *   dense(x, 64, { weight: heNormal() })
 */
export type { Initializer } from "./initializers/initializer.ts";
export * from "./initializers/orthogonal.ts";
export * from "./initializers/plain.ts";
export * from "./initializers/scaled.ts";
