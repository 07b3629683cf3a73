/**
 * Vector expressions to Wasm instructions: one for one, but for helpers, which are calls.
 *
 *   mul(splat x[i], load w[j])    ->    (f32x4.mul (v128.load32_splat offset=64 p) (v128.load offset=256 q))
 */
import binaryen from "binaryen";
import { bytesPerElement, type FloatType } from "../graph/types.ts";
import { laneOps, type VExpr } from "../loop/ir.ts";
import { type FunctionContext, v128 } from "./context.ts";
import { intRef, type Module, plus, type Ref } from "./int.ts";
import { loadRow, loadSplat, loadStrided, narrowMask, permute, toFloat, toInteger, wideMask } from "./lanes.ts";

export function emitValue(expr: VExpr, context: FunctionContext): Ref {
  const { module } = context;
  switch (expr.kind) {
    case "const":
      return context.floatConstant(expr.value);
    case "local":
      return module.local.get(context.vectorLocal(expr.name), v128);
    case "rows":
      return context.rowsVector();
    case "step":
      return context.stepVector();
    case "load":
    case "splat":
    case "gather":
      return emitLoad(expr, context);
    case "iota":
      return indices(expr, context);
    case "uniform":
      return emitUniform(expr, context);
    case "swap": {
      // i32 of a function of f64 are the first two of four.
      const lanes = context.laneType(expr.value) === "i" ? 4 : context.laneCount;
      const order = Array.from({ length: lanes }, (_, lane) => lane ^ expr.bit);
      return permute(context.module, kept(context, emitValue(expr.value, context)), order);
    }
    case "op":
      return (
        emitIntegerConstant(expr, context) ??
        emitSelectOfZero(expr, context) ??
        emitOp(
          expr.op,
          expr.args.map((arg) => emitValue(arg, context)),
          context,
        )
      );
  }
}

function emitLoad(expr: VExpr & { kind: "load" | "splat" | "gather" }, context: FunctionContext): Ref {
  const { module } = context;
  const { dtype } = expr.buffer;
  const bytes = bytesPerElement(dtype);
  const place = context.place(expr.buffer, expr.index);
  if (expr.kind === "load") return loadRow(module, place, bytes, expr.lanes);
  if (expr.kind === "splat") return loadSplat(module, place, bytes);
  return loadStrided(module, place, bytes, expr.stride * bytes, expr.lanes);
}

/** The integers index + l * stride. */
function indices(expr: VExpr & { kind: "iota" }, context: FunctionContext): Ref {
  const { pointer, constant } = context.address(expr.index, 1);
  const steps = Array.from({ length: context.laneCount }, (_, lane) => constant + lane * expr.stride);
  const offsets = context.integerConstant(steps);
  if (pointer === 0) return offsets;
  return context.module.i32x4.add(context.module.i32x4.splat(intRef(context.module, pointer)), offsets);
}

function emitUniform(expr: VExpr & { kind: "uniform" }, context: FunctionContext): Ref {
  const { module } = context;
  const { pointer, constant } = context.address(expr.index, 1);
  const args = [
    context.key("seed"),
    context.key("step"),
    module.i32.const(expr.stream),
    intRef(module, plus(module, pointer, constant)),
  ];
  const numbers = context.callHelper("uniform", args);
  return expr.stride === 1 ? numbers : inEveryLane(context, numbers);
}

const inEveryLane = (context: FunctionContext, vector: Ref): Ref =>
  permute(context.module, kept(context, vector), new Array(context.laneCount).fill(0));

function emitOp(op: string, args: Ref[], context: FunctionContext): Ref {
  if (!Object.hasOwn(laneOps, op)) return context.callHelper(op, args);
  const { module, dtype } = context;
  const [a, b, c] = args as [Ref, Ref, Ref];
  switch (op) {
    case "and":
      return module.v128.and(a, b);
    case "or":
      return module.v128.or(a, b);
    case "not":
      return module.v128.not(a);
    case "select":
      return module.v128.bitselect(b, c, a);
    case "madd":
      return madd(module, dtype, a, b, c);
    case "float":
      return toFloat(module, a, dtype);
    case "int":
      return toInteger(module, a, dtype);
    case "i32.select":
      return module.v128.bitselect(b, c, narrowMask(module, kept(context, a), dtype));
    default:
      return op.startsWith("i32.") ? emitInteger(op, a, b, context) : instruction(module, dtype, op)(a, b);
  }
}

/** Instructions of signed i32; what compares gives a mask as wide as floats are. */
function emitInteger(op: string, a: Ref, b: Ref, { module, dtype }: FunctionContext): Ref {
  const name = op.slice("i32.".length);
  const isSigned = ["min", "max", "lt", "le", "gt", "ge"].includes(name);
  const instructions = module.i32x4 as unknown as Record<string, (a: Ref, b: Ref) => Ref>;
  const result = instructions[isSigned ? `${name}_s` : name]!(a, b);
  return laneOps[op]!.result === "m" ? wideMask(module, result, dtype) : result;
}

/** int(7) is a constant. */
function emitIntegerConstant({ op, args }: VExpr & { kind: "op" }, context: FunctionContext): Ref | undefined {
  const [value] = args;
  if (op !== "int" || value?.kind !== "const") return undefined;
  return context.integerConstant(new Array(context.laneCount).fill(value.value));
}

/** a * b + c; binaryen.js builds it by the C function alone, which its declarations leave out. */
function madd(module: Module, dtype: FloatType, a: Ref, b: Ref, c: Ref): Ref {
  const { _BinaryenSIMDTernary: build } = binaryen as unknown as { _BinaryenSIMDTernary(...args: number[]): Ref };
  const operation = dtype === "f32" ? binaryen.RelaxedMaddVecF32x4 : binaryen.RelaxedMaddVecF64x2;
  return build((module as unknown as { ptr: number }).ptr, operation, a, b, c);
}

/** select(mask, a, 0) is the bits of a under the mask, select(mask, 0, b) those of b outside: one instruction, no constant. */
function emitSelectOfZero({ op, args }: VExpr & { kind: "op" }, context: FunctionContext): Ref | undefined {
  if (op !== "select") return undefined;
  const { v128 } = context.module;
  const isZero = (arg: VExpr): boolean => arg.kind === "const" && Object.is(arg.value, 0);
  const [mask, a, b] = args as [VExpr, VExpr, VExpr];
  if (isZero(b)) return v128.and(emitValue(mask, context), emitValue(a, context));
  if (isZero(a)) return v128.andnot(emitValue(b, context), emitValue(mask, context));
  return undefined;
}

/** Instructions of floats bear the names of the operations. */
function instruction(module: Module, dtype: FloatType, op: string): (a: Ref, b: Ref) => Ref {
  const instructions = dtype === "f32" ? module.f32x4 : module.f64x2;
  return (instructions as unknown as Record<string, (a: Ref, b: Ref) => Ref>)[op]!;
}

/** A vector for several uses: computed at the first, which must run first, and read from a local afterwards. */
function kept(context: FunctionContext, vector: Ref): () => Ref {
  const local = context.newLocal(v128);
  let first = true;
  return () => {
    const ref = first ? context.module.local.tee(local, vector, v128) : context.module.local.get(local, v128);
    first = false;
    return ref;
  };
}
