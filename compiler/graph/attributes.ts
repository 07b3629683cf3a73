/**
 * What attributes an op has, declared once in its record: their types in every rule, what the text form may say, what the
 * verifier checks.
 *
 *   attributes: { axes: integers, keep: flag }        attrs.axes: readonly number[], attrs.keep: boolean
 */
import { internalError } from "../diagnostics.ts";
import { type Dims, type DType, printNumber } from "./types.ts";

export type Attr = number | string | boolean | readonly (number | string)[];
export type Attrs = Readonly<Record<string, Attr | undefined>>;

/** What an attribute may be. */
export interface AttrKind<T extends Attr = Attr> {
  /** Such as "a list of integers". */
  readonly expected: string;
  holds(value: unknown): value is T;
  /** The part of the result's type that it only repeats: the text form leaves such an attribute out. */
  readonly ofType?: "dims" | "dtype";
  readonly optional?: boolean;
}

export type AttrKinds = Readonly<Record<string, AttrKind>>;

/** Those of an op without any. */
export type NoAttrs = Readonly<Record<never, never>>;

type OptionalIn<D> = { [K in keyof D]: D[K] extends { readonly optional: true } ? K : never }[keyof D];
type TypeOf<K> = K extends AttrKind<infer T> ? T : never;

/** The attributes of a node whose op declares `D`. */
export type AttrsOf<D> = string extends keyof D
  ? Attrs
  : { readonly [K in Exclude<keyof D, OptionalIn<D>>]: TypeOf<D[K]> } & {
      readonly [K in OptionalIn<D>]?: TypeOf<D[K]>;
    };

const kind = <T extends Attr>(expected: string, holds: (value: unknown) => boolean): AttrKind<T> => ({
  expected,
  holds: (value): value is T => holds(value),
});

const isNumber = (value: unknown): boolean => typeof value === "number";
const listOf =
  (holds: (item: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(holds);

export const number = kind<number>("a number", isNumber);
export const integer = kind<number>("an integer", Number.isInteger);
export const numbers = kind<readonly number[]>("a list of numbers", listOf(isNumber));
export const integers = kind<readonly number[]>("a list of integers", listOf(Number.isInteger));
export const flag = kind<boolean>("true or false", (value) => typeof value === "boolean");
export const text = kind<string>("a word", (value) => typeof value === "string");

/** The result's shape and element type, where no input has them. */
export const resultDims = {
  ...kind<Dims>(
    "a shape",
    listOf((dim) => dim === "n" || Number.isInteger(dim)),
  ),
  ofType: "dims",
} as const;
export const resultDType = {
  ...kind<DType>("an element type", (value) => ["f32", "f64", "i32", "bool"].includes(value as string)),
  ofType: "dtype",
} as const;

export const optional = <K extends AttrKind>(of: K) => ({ ...of, optional: true }) as const;

/** Of inputs and states. */
export const leafAttributes = { name: text, dims: resultDims, dtype: resultDType };

/** Of constants: one number, or as many as `dims` says. */
export const constAttributes = {
  value: optional(number),
  values: optional(numbers),
  dims: optional(resultDims),
  dtype: optional(resultDType),
};

/** Whether an attribute only repeats a part of the result's type. */
export const repeatsType = (attributes: AttrKinds | undefined, name: string): boolean =>
  attributes?.[name]?.ofType !== undefined;

/** What is wrong with an op's attributes, if anything is. */
export function attrFault(op: string, attributes: AttrKinds = {}, attrs: Attrs): string | undefined {
  const names = Object.keys(attributes);
  for (const [name, { expected, holds, optional: mayLack }] of Object.entries(attributes)) {
    const value = attrs[name];
    if (value === undefined && mayLack) continue;
    if (value === undefined) return `${op} lacks the attribute ${name}: expected ${expected}`;
    if (!holds(value)) return `attribute ${name} of ${op}: expected ${expected}, got ${printAttr(value)}`;
  }
  const surplus = Object.keys(attrs).find((name) => attrs[name] !== undefined && !names.includes(name));
  if (surplus === undefined) return undefined;
  return `${op} has no attribute ${surplus}: ${names.length > 0 ? `expected ${names.join(", ")}` : "it takes none"}`;
}

export const printAttr = (value: Attr): string =>
  Array.isArray(value)
    ? `[${value.map((item) => (typeof item === "number" ? printNumber(item) : item)).join(",")}]`
    : typeof value === "number"
      ? printNumber(value)
      : String(value);

interface WithAttrs {
  readonly op: { readonly name: string; readonly attributes?: AttrKinds };
  readonly attrs: Attrs;
}

/** The attributes of a node whose op has this very declaration. */
export function attrsOf<D extends AttrKinds>({ op, attrs }: WithAttrs, declared: D): AttrsOf<D> {
  if (op.attributes !== declared) throw internalError(`${op.name} has other attributes than ${Object.keys(declared)}`);
  return attrs as AttrsOf<D>;
}
