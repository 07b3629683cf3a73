/**
 * Where a value comes from in the model file. The reader pushes an origin around each call of the model file; every
 * node made meanwhile carries it, the adjoint's nodes that of the node they differentiate.
 */

/** A place in a source file. Lines and columns count from 1, offsets from 0, in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

export interface Origin {
  readonly span: Span;
  /** The name that the value is bound to in the source, if any: `hidden` in `const hidden = dense(x, 128)`. */
  readonly binding: string | undefined;
  /** The call around it (a helper function of the model file), for names such as `block1.hidden`. */
  readonly outer: Origin | undefined;
}

let current: Origin | undefined;

export const currentOrigin = (): Origin | undefined => current;

/** Runs `body` with `origin` as the place that new nodes come from. */
export function withOrigin<T>(origin: Origin | undefined, body: () => T): T {
  const saved = current;
  current = origin;
  try {
    return body();
  } finally {
    current = saved;
  }
}
