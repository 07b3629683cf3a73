/**
 * The options of a call: beside the type that callers see, a record of what each may be and of its default. From it come the
 * check, and the values with the defaults filled in; a key that the one has and the other has not is a type error.
 *
 *   export interface NormOptions {
 *     /** Added to the variance; 1e-5 unless said. *\/
 *     readonly epsilon?: number;
 *   }
 *   const normOptions = { epsilon: positive.or(1e-5) } satisfies Declared<NormOptions>;
 *   const { epsilon } = settle(call, normOptions, options);
 */
import { recordOrThrow, wrongKey } from "../diagnostics.ts";
import {
  type Call,
  requireBoolean,
  requireDecay,
  requireFinite,
  requireKept,
  requireKnownKeys,
  requireNotNegative,
  requirePositive,
  requirePositiveInteger,
  requireThat,
} from "./settings.ts";

type Presence = "needed" | "optional" | "default";

export interface Option<T, P extends Presence = Presence> {
  readonly presence: P;
  /** What holds where nothing is said. */
  readonly fallback?: T;
  /** Whether a value is one. Records an error where it is not. */
  check(call: Call, name: string, value: unknown): boolean;
}

/** What an option may be; as it stands, it must be given. */
export interface OptionKind<T> extends Option<T, "needed"> {
  /** It may be left out, which means this. */
  or(fallback: T): Option<T, "default">;
  /** It may be left out, which the call has a meaning of its own for. */
  readonly optional: Option<T, "optional">;
}

export type OptionRecord = Readonly<Record<string, Option<unknown>>>;

/** A record for every key of the type `I`: one that may be left out has a default, or is optional. */
export type Declared<I> = {
  readonly [K in keyof I]-?: undefined extends I[K]
    ? Option<Exclude<I[K], undefined>, "optional" | "default">
    : Option<I[K], "needed">;
};

type KeysOf<R, P extends Presence> = { [K in keyof R]: R[K] extends Option<unknown, P> ? K : never }[keyof R];
type TypeOf<O> = O extends Option<infer T> ? T : never;

/** What the call goes on with. */
export type Settled<R> = { readonly [K in KeysOf<R, "needed" | "default">]: TypeOf<R[K]> } & {
  readonly [K in KeysOf<R, "optional">]?: TypeOf<R[K]>;
};

/**
 * The values of a call's options. A key that there is not, or a value that is none, is recorded, and the build goes on with the
 * default, where there is one, so that it reports more.
 */
export function settle<R extends OptionRecord>(call: Call, record: R, given: object): Settled<R> {
  requireKnownKeys(call, given, Object.keys(record));
  const values = given as Readonly<Record<string, unknown>>;
  const settled = Object.entries(record).map(([name, { presence, fallback, check }]) => {
    const value = values[name] === undefined ? fallback : values[name];
    if (value === undefined && presence === "optional") return [name, undefined];
    return [name, check(call, name, value) || presence === "needed" ? value : fallback];
  });
  return Object.fromEntries(settled) as Settled<R>;
}

export const optionKind = <T>(check: Option<T>["check"]): OptionKind<T> => ({
  presence: "needed",
  check,
  or: (fallback) => ({ presence: "default", fallback, check }),
  optional: { presence: "optional", check },
});

export const positive = optionKind<number>(requirePositive);
export const notNegative = optionKind<number>(requireNotNegative);
export const finite = optionKind<number>(requireFinite);
/** From 0 to 1, 1 excluded. */
export const share = optionKind<number>(requireDecay);
export const count = optionKind<number>(requirePositiveInteger);
export const flag = optionKind<boolean>(requireBoolean);

export const choice = <const T extends string>(...among: readonly T[]): OptionKind<T> =>
  optionKind((call, name, value) => {
    const expected = among.map((one) => `"${one}"`).join(" or ");
    return requireThat(among.includes(value as T), call, name, expected, value);
  });

/** A number for which `holds`, whatever the element type. */
export const inRange = (expected: string, holds: (value: number) => boolean): OptionKind<number> =>
  optionKind((call, name, value) =>
    requireThat(typeof value === "number" && holds(value), call, name, expected, value),
  );

/** A number for which `holds`, and that the element type can hold: where it is a share, of what it leaves of 1 too. */
export const numberWhere = (expected: string, holds: (value: number) => boolean, isShare = false): OptionKind<number> =>
  optionKind(
    (call, name, value) =>
      inRange(expected, holds).check(call, name, value) && requireKept(call, name, value as number, isShare),
  );

/** What only the call itself can check, as it depends on more than its own value. */
export const checkedByCall = <T>(): OptionKind<T> => optionKind(() => true);

/** Something that other functions of the DSL give. */
export const thing = <T>(expected: string, holds: (value: unknown) => boolean): OptionKind<T> =>
  optionKind((call, name, value) => {
    if (!holds(value)) recordOrThrow(wrongKey(call, name, expected, value));
    return holds(value);
  });

export const hasMethod = (value: unknown, method: string): boolean =>
  typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[method] === "function";
