/**
 * What each vector instruction is in scalars, lane by lane, for those that the emitter and the helpers use.
 *
 *   f32x4.add  ->  lanes f32, each f32.add(a, b)          i32x4 compare  ->  lanes i32, 0 - lt(a, b)
 */
import binaryen from "binaryen";
import type { Module, Ref } from "../../wasm/int.ts";
import { type Kind, type Lane, longConst } from "./lanes.ts";

/** An instruction of the same lanes in and out; `of` gives one lane of the result. */
export interface Lanewise {
  readonly from: Kind;
  readonly to: Kind;
  of(module: Module, ...operands: Lane[]): Ref;
}

type Table = ReadonlyMap<number, Lanewise>;

const floats = ["f32", "f64"] as const;
const shapes = { f32: "F32x4", f64: "F64x2", i32: "I32x4", i64: "I64x2" } as const;
const masks = { f32: "i32", f64: "i64", i32: "i32", i64: "i64" } as const;

/** Binaryen's number of an instruction, `AddVecF32x4`. */
const numbered = (name: string): number => (binaryen as unknown as Record<string, number>)[name]!;

const floatUnary = {
  Abs: "abs",
  Neg: "neg",
  Sqrt: "sqrt",
  Ceil: "ceil",
  Floor: "floor",
  Trunc: "trunc",
  Nearest: "nearest",
} as const;
const floatBinary = { Add: "add", Sub: "sub", Mul: "mul", Div: "div", Min: "min", Max: "max" } as const;
const comparisons = { Eq: "eq", Ne: "ne", Lt: "lt", Gt: "gt", Le: "le", Ge: "ge" } as const;
const integerBinary = { Add: "add", Sub: "sub", Mul: "mul" } as const;

const entries = <K extends string, V extends string>(table: Record<K, V>) => Object.entries(table) as [K, V][];

export const unary: Table = new Map([
  ...floats.flatMap((kind) =>
    entries(floatUnary).map(([name, op]): [number, Lanewise] => [
      numbered(`${name}Vec${shapes[kind]}`),
      { from: kind, to: kind, of: (module, a) => module[kind][op](a!()) },
    ]),
  ),
  [numbered("NegVecI32x4"), { from: "i32", to: "i32", of: (m, a) => m.i32.sub(m.i32.const(0), a!()) }],
  [numbered("NegVecI64x2"), { from: "i64", to: "i64", of: (m, a) => m.i64.sub(longConst(m, 0n), a!()) }],
  [numbered("NotVec128"), { from: "i32", to: "i32", of: (m, a) => m.i32.xor(a!(), m.i32.const(-1)) }],
  [numbered("ConvertSVecI32x4ToVecF32x4"), { from: "i32", to: "f32", of: (m, a) => m.f32.convert_s.i32(a!()) }],
  [numbered("ConvertUVecI32x4ToVecF32x4"), { from: "i32", to: "f32", of: (m, a) => m.f32.convert_u.i32(a!()) }],
  [numbered("TruncSatSVecF32x4ToVecI32x4"), { from: "f32", to: "i32", of: (m, a) => m.i32.trunc_s_sat.f32(a!()) }],
  [numbered("TruncSatUVecF32x4ToVecI32x4"), { from: "f32", to: "i32", of: (m, a) => m.i32.trunc_u_sat.f32(a!()) }],
]);

export const binary: Table = new Map([
  ...floats.flatMap((kind): [number, Lanewise][] => [
    ...entries(floatBinary).map(([name, op]): [number, Lanewise] => [
      numbered(`${name}Vec${shapes[kind]}`),
      { from: kind, to: kind, of: (module, a, b) => module[kind][op](a!(), b!()) },
    ]),
    ...entries(comparisons).map(([name, op]): [number, Lanewise] => [
      numbered(`${name}Vec${shapes[kind]}`),
      { from: kind, to: masks[kind], of: (module, a, b) => mask(module, masks[kind], module[kind][op](a!(), b!())) },
    ]),
    // The pseudo-minimum is a comparison, so that NaN and -0 come out as the vector form has them.
    pseudo("PMin", kind, (module, a, b) => module.select(module[kind].lt(b(), a()), b(), a())),
    pseudo("PMax", kind, (module, a, b) => module.select(module[kind].lt(a(), b()), b(), a())),
  ]),
  ...(["i32", "i64"] as const).flatMap((kind): [number, Lanewise][] =>
    entries(integerBinary).map(([name, op]) => [
      numbered(`${name}Vec${shapes[kind]}`),
      { from: kind, to: kind, of: (module, a, b) => module[kind][op](a!(), b!()) },
    ]),
  ),
  ...entries({ Eq: "eq", Ne: "ne", GtS: "gt_s", LtS: "lt_s", GeS: "ge_s", LeS: "le_s" } as const).flatMap(
    ([name, op]) =>
      (["i32", "i64"] as const).map((kind): [number, Lanewise] => [
        numbered(`${name}Vec${shapes[kind]}`),
        { from: kind, to: kind, of: (module, a, b) => mask(module, kind, module[kind][op](a!(), b!())) },
      ]),
  ),
  ...entries({ MinS: "lt_s", MaxS: "gt_s" } as const).map(([name, first]): [number, Lanewise] => [
    numbered(`${name}VecI32x4`),
    { from: "i32", to: "i32", of: (m, a, b) => m.select(m.i32[first](a!(), b!()), a!(), b!()) },
  ]),
  [numbered("AddVecI8x16"), { from: "i32", to: "i32", of: addBytes }],
  [numbered("SubVecI8x16"), { from: "i32", to: "i32", of: subBytes }],
]);

/** Whole bits, in integers of either width. */
export const bitwise: ReadonlyMap<number, (module: Module, kind: "i32" | "i64", a: Ref, b: Ref) => Ref> = new Map([
  [numbered("AndVec128"), (m, kind, a, b) => m[kind].and(a, b)],
  [numbered("OrVec128"), (m, kind, a, b) => m[kind].or(a, b)],
  [numbered("XorVec128"), (m, kind, a, b) => m[kind].xor(a, b)],
  [numbered("AndNotVec128"), (m, kind, a, b) => m[kind].and(a, m[kind].xor(b, ones(m, kind)))],
]);

/** The shift counts modulo the lane's bits, as the scalar instruction does. */
export const shifts: ReadonlyMap<number, { kind: "i32" | "i64"; op: "shl" | "shr_s" | "shr_u" }> = new Map(
  (["i32", "i64"] as const).flatMap((kind) =>
    entries({ Shl: "shl", ShrS: "shr_s", ShrU: "shr_u" } as const).map(
      ([name, op]) => [numbered(`${name}Vec${shapes[kind]}`), { kind, op }] as const,
    ),
  ),
);

/** One scalar in all lanes. */
export const splats: ReadonlyMap<number, Kind> = new Map(
  entries(shapes).map(([kind, shape]) => [numbered(`SplatVec${shape}`), kind]),
);

export const extracts: ReadonlyMap<number, Kind> = new Map(
  entries(shapes).map(([kind, shape]) => [numbered(`ExtractLaneVec${shape}`), kind]),
);

export const replaces: ReadonlyMap<number, Kind> = new Map(
  entries(shapes).map(([kind, shape]) => [numbered(`ReplaceLaneVec${shape}`), kind]),
);

/** The low lanes of one kind as the lanes of a wider one, and the other way with zeros above. */
export const resizing: ReadonlyMap<number, { from: Kind; to: Kind; of(module: Module, a: Lane): Ref }> = new Map([
  [numbered("PromoteLowVecF32x4ToVecF64x2"), { from: "f32", to: "f64", of: (m, a) => m.f64.promote(a()) }],
  [numbered("DemoteZeroVecF64x2ToVecF32x4"), { from: "f64", to: "f32", of: (m, a) => m.f32.demote(a()) }],
  [numbered("ConvertLowSVecI32x4ToVecF64x2"), { from: "i32", to: "f64", of: (m, a) => m.f64.convert_s.i32(a()) }],
  [numbered("ConvertLowUVecI32x4ToVecF64x2"), { from: "i32", to: "f64", of: (m, a) => m.f64.convert_u.i32(a()) }],
  [numbered("TruncSatZeroSVecF64x2ToVecI32x4"), { from: "f64", to: "i32", of: (m, a) => m.i32.trunc_s_sat.f64(a()) }],
  [numbered("TruncSatZeroUVecF64x2ToVecI32x4"), { from: "f64", to: "i32", of: (m, a) => m.i32.trunc_u_sat.f64(a()) }],
  [numbered("ExtendLowUVecI32x4ToVecI64x2"), { from: "i32", to: "i64", of: (m, a) => m.i64.extend_u(a()) }],
  [numbered("ExtendLowSVecI32x4ToVecI64x2"), { from: "i32", to: "i64", of: (m, a) => m.i64.extend_s(a()) }],
]);

/** Loads of fewer than 16 bytes. */
export const partLoads: ReadonlyMap<number, { readonly bytes: 4 | 8; readonly repeats: boolean }> = new Map(
  ([4, 8] as const).flatMap((bytes) =>
    [true, false].map((repeats) => [
      numbered(`Load${8 * bytes}${repeats ? "Splat" : "Zero"}Vec128`),
      { bytes, repeats },
    ]),
  ),
);

export const anyTrue = numbered("AnyTrueVec128");
export const bitselect = numbered("BitselectVec128");
export const swizzle = numbered("SwizzleVecI8x16");

function pseudo(name: string, kind: "f32" | "f64", of: (module: Module, a: Lane, b: Lane) => Ref): [number, Lanewise] {
  return [numbered(`${name}Vec${shapes[kind]}`), { from: kind, to: kind, of: (module, a, b) => of(module, a!, b!) }];
}

/** All ones for 1, zeros for 0. */
const mask = (module: Module, kind: "i32" | "i64", isTrue: Ref): Ref =>
  kind === "i32"
    ? module.i32.sub(module.i32.const(0), isTrue)
    : module.i64.sub(longConst(module, 0n), module.i64.extend_u(isTrue));

const ones = (module: Module, kind: "i32" | "i64"): Ref =>
  kind === "i32" ? module.i32.const(-1) : longConst(module, -1n);

/** Four bytes at once: the low seven bits add without a carry into the next byte, the top bits by exclusive or. */
function addBytes(m: Module, a?: Lane, b?: Lane): Ref {
  const low = (x: Lane) => m.i32.and(x(), m.i32.const(0x7f7f7f7f));
  const top = m.i32.and(m.i32.xor(a!(), b!()), m.i32.const(0x80808080 | 0));
  return m.i32.xor(m.i32.add(low(a!), low(b!)), top);
}

/** Four bytes at once: a top bit set beforehand keeps a borrow inside its byte, and is put right after. */
function subBytes(m: Module, a?: Lane, b?: Lane): Ref {
  const high = 0x80808080 | 0;
  const difference = m.i32.sub(m.i32.or(a!(), m.i32.const(high)), m.i32.and(b!(), m.i32.const(0x7f7f7f7f)));
  const top = m.i32.and(m.i32.xor(a!(), m.i32.xor(b!(), m.i32.const(-1))), m.i32.const(high));
  return m.i32.xor(difference, top);
}
