/**
 * Losses: one number for the rows of a step, the mean over exactly those given (1 to the batch).
 *
 *   loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit)
 *
 * Several losses, and auxiliary terms, are weighted by arithmetic, as each is one number:
 *
 *   add(softmaxCrossEntropy(logits, digit), mul(0.1, batchMean(square(code))))
 */
export * from "./losses/cross-entropy.ts";
export * from "./losses/regression.ts";
export * from "./losses/sigmoid-cross-entropy.ts";
