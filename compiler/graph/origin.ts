/**
 * Where a value comes from. The reader pushes an origin around each call of the model file, a front end without one a label of its
 * own; every node made meanwhile carries it, the adjoint's nodes that of the node they differentiate.
 */

/** A place in a source file. Lines and columns count from 1, offsets from 0, in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** What a front end calls a place that is none in a source file: `Gemm fc1 of net.onnx`. */
interface Label {
  readonly label: string;
  readonly span?: undefined;
}

/** A place in a source file, or the label in its stead. */
export type Source = Label | { readonly span: Span; readonly label?: undefined };

export type Origin = Source & {
  /** The name that the value is bound to in the source, if any: `hidden` in `const hidden = dense(x, 128)`. */
  readonly binding: string | undefined;
  /** The call around it (a helper function of the model file), for names such as `block1.hidden`. */
  readonly outer: Origin | undefined;
};

/** What an error carries of an origin. */
export interface SourceOf {
  readonly span?: Span | undefined;
  readonly label?: string | undefined;
}

export const sourceOf = ({ span, label }: SourceOf = {}): SourceOf => ({ span, ...(label !== undefined && { label }) });

/** "model.ts:12:9", or the label; empty where nothing is known. */
export const printSource = ({ span, label }: SourceOf = {}): string =>
  span ? `${span.file}:${span.line}:${span.column}` : (label ?? "");

/** "model.ts:12" without its folder, as pictures and tables have room for, or the label. */
export const printLine = ({ span, label }: SourceOf = {}): string =>
  span ? `${span.file.split("/").at(-1)}:${span.line}` : (label ?? "");

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
