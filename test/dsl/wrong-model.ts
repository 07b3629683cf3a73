/** Models with one thing wrong, and the errors that they report. `bound` gives a call its place in the file. */
import { classes, dense, model, sgd, softmaxCrossEntropy } from "nabla";
import type { Model } from "../../compiler/dsl/model.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { bound, errorsOf } from "./support.ts";

/** Model files are run without a type check, so that wrong ones reach the build: here too, types are left aside. */
export type Untyped = Record<string, unknown>;
type Loose = (...values: unknown[]) => never;
export const loose = (f: unknown): Loose => f as Loose;

/** A model that builds, with some keys replaced. */
export const changed = (changes: Untyped): Model =>
  bound(undefined, () =>
    model({
      inputs: { x: [4] },
      targets: { y: classes(3) },
      batch: 8,
      forward: ({ x }: Record<string, never>) => ({ logits: bound("logits", () => dense(x!, 3), 5) }),
      loss: ({ logits }: Record<string, never>, { y }: Record<string, never>) =>
        bound(undefined, () => softmaxCrossEntropy(logits!, y!), 7),
      optimizer: sgd({ rate: 0.1 }),
      ...changes,
    } as never),
  ) as never;

export const errors = (changes: Untyped): string => errorsOf(() => buildProgram(changed(changes)));
/** What a forward returning `y` from the input x reports; the loss is left out of it. */
export const inForward = (y: (x: never) => unknown): string =>
  errors({ forward: ({ x }: Record<string, never>) => ({ logits: bound("h", () => y(x!), 6) }) });
