/**
 * A vector as scalars: the kinds of lane that 16 bytes can be cut into, and the same 16 bytes cut another way.
 *
 *   f32 [a, b, c, d]  as i32  ->  [reinterpret a, ...]         i32 [a, b, c, d]  as i64  ->  [a | b << 32, c | d << 32]
 */
import binaryen from "binaryen";
import type { Module, Ref } from "../../wasm/int.ts";

export type Kind = "i32" | "i64" | "f32" | "f64";

/** Makes a fresh expression at each call, since one may stand in one place only. */
export type Lane = () => Ref;

export interface Lanes {
  readonly kind: Kind;
  readonly lanes: readonly Lane[];
}

export const laneBytes: Record<Kind, 4 | 8> = { i32: 4, f32: 4, i64: 8, f64: 8 };
export const laneCount = (kind: Kind): number => 16 / laneBytes[kind];
export const laneType = (kind: Kind): binaryen.Type => binaryen[kind];

const integerOf = { f32: "i32", f64: "i64", i32: "i32", i64: "i64" } as const;

/** The same bytes as lanes of another kind. */
export function recut(module: Module, { kind, lanes }: Lanes, to: Kind): readonly Lane[] {
  if (kind === to) return lanes;
  const integers = toIntegers(module, kind, lanes);
  const from = integerOf[kind];
  const wanted = integerOf[to];
  const cut = from === wanted ? integers : from === "i32" ? joinPairs(module, integers) : splitHalves(module, integers);
  return to === wanted ? cut : cut.map((lane) => () => fromBits(module, to, lane()));
}

const toIntegers = (module: Module, kind: Kind, lanes: readonly Lane[]): readonly Lane[] =>
  kind === "f32"
    ? lanes.map((lane) => () => module.i32.reinterpret(lane()))
    : kind === "f64"
      ? lanes.map((lane) => () => module.i64.reinterpret(lane()))
      : lanes;

const fromBits = (module: Module, kind: Kind, bits: Ref): Ref =>
  kind === "f32" ? module.f32.reinterpret(bits) : module.f64.reinterpret(bits);

const joinPairs = (module: Module, lanes: readonly Lane[]): Lane[] =>
  [0, 2].map((at) => () => {
    const low = module.i64.extend_u(lanes[at]!());
    return module.i64.or(low, module.i64.shl(module.i64.extend_u(lanes[at + 1]!()), longConst(module, 32n)));
  });

const splitHalves = (module: Module, lanes: readonly Lane[]): Lane[] =>
  lanes.flatMap((lane) => [
    () => module.i32.wrap(lane()),
    () => module.i32.wrap(module.i64.shr_u(lane(), longConst(module, 32n))),
  ]);

/** Binaryen takes i64 constants as a bigint; its declarations say two numbers. */
export const longConst = (module: Module, value: bigint): Ref =>
  (module.i64.const as unknown as (value: bigint) => Ref)(BigInt.asIntN(64, value));

/** Lanes of a constant's 16 bytes. */
export function constantLanes(module: Module, bytes: readonly number[], kind: Kind): readonly Lane[] {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return Array.from({ length: laneCount(kind) }, (_, i) => () => {
    const at = i * laneBytes[kind];
    if (kind === "i32") return module.i32.const(view.getInt32(at, true));
    if (kind === "i64") return longConst(module, view.getBigInt64(at, true));
    const value = kind === "f32" ? view.getFloat32(at, true) : view.getFloat64(at, true);
    if (!Number.isNaN(value)) return module[kind].const(value);
    // By its bits: a NaN that passes through a JavaScript number may lose its payload.
    return fromBits(
      module,
      kind,
      kind === "f32" ? module.i32.const(view.getInt32(at, true)) : longConst(module, view.getBigInt64(at, true)),
    );
  });
}
