/** The options that calls which make parameters have in common. */
import type { Regularizer } from "./build.ts";
import type { Initializer } from "./initializers.ts";
import { type Declared, flag, hasMethod, positive, thing } from "./options.ts";

/** How training treats the parameters of a call. */
export interface LearningOptions {
  /** Whether steps move the call's parameters; true unless said. Frozen, they cost no gradient and no optimiser state. */
  readonly trainable?: boolean;
  /** What the parameters' learning rate is of the optimiser's; 1 unless said. */
  readonly rate?: number;
}

export const learning = {
  trainable: flag.or(true),
  rate: positive.or(1),
} satisfies Declared<LearningOptions>;

export const regularizer = thing<Regularizer | false>(
  "a regulariser, such as l2(1e-4), or false",
  (value) => value === false || hasMethod(value, "penalty"),
).optional;

export const initializer = thing<Initializer>("an initialiser, such as zeros()", (value) =>
  hasMethod(value, "initial"),
);

export const name = thing<string>("a text", (value) => typeof value === "string").optional;
