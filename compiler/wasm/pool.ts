/**
 * Moves vector constants to memory, each once; those of loops are loaded at the start of the function.
 *
 *   loop { y = mul(x, v128.const 2) }     ==>     c = v128.load32_splat offset=1232 (i32.const 0); loop { y = mul(x, c) }
 *
 * An inlined helper brings a dozen. V8 makes a constant from three instructions each time it meets it: Node 20 and 22 take
 * them out of loops themselves; in 24 and 26 exp took 1.24 times as long without this, log 1.19, tanh 1.16. And a constant
 * takes 18 bytes of code wherever it stands, a load 7 and once 4 of data: the training module of iris went from 19.8 to 16.1
 * KB. All ones are one instruction and stay. A zero is one, too, and 2 bytes of code as what a local begins with that nothing sets.
 */
import binaryen from "binaryen";
import type { PoolPlace } from "../plan/place.ts";
import { v128 } from "./context.ts";
import { infoOf, visit } from "./expression.ts";
import type { Module, Ref } from "./int.ts";
import type { DataSegment } from "./plan.ts";
import { withoutZeros } from "./zeros.ts";

/** Rewrites the module's functions; gives what they read, for the data section. */
export function poolConstants(module: Module, place: PoolPlace): DataSegment {
  const pool = new Pool(module, place);
  const names = Array.from(
    { length: module.getNumFunctions() },
    (_, at) => binaryen.getFunctionInfo(module.getFunctionByIndex(at)).name,
  );
  for (const name of names) rewrite(module, name, pool);
  return pool.segment;
}

function rewrite(module: Module, name: string, pool: Pool): void {
  const { params, results, vars, body } = binaryen.getFunctionInfo(module.getFunction(name));
  const parameterCount = binaryen.expandType(params).length;
  // Nothing sets it.
  const zero = parameterCount + vars.length;
  const firstLocal = zero + 1;
  let readsZero = false;
  const locals = new Map<string, number>();
  const sets: Ref[] = [];
  eachInLoops(body, (bytes) => {
    const load = locals.has(`${bytes}`) ? undefined : pool.load(bytes);
    if (load === undefined) return;
    locals.set(`${bytes}`, firstLocal + sets.length);
    sets.push(module.local.set(firstLocal + sets.length, load));
  });
  const replaced = visit(body, (ref) => {
    const bytes = constantOf(ref);
    if (bytes === undefined) return ref;
    if (isZero(bytes)) {
      readsZero = true;
      return module.local.get(zero, v128);
    }
    const local = locals.get(`${bytes}`);
    return local === undefined ? (pool.load(bytes) ?? ref) : module.local.get(local, v128);
  });
  if (sets.length === 0 && !readsZero) return;
  const rest = withoutZeros(replaced, zero, parameterCount);
  module.removeFunction(name);
  const types = [...vars, v128, ...sets.map(() => v128)];
  module.addFunction(name, params, results, types, module.block(null, [...sets, ...rest], results));
}

const isZero = (bytes: readonly number[]): boolean => bytes.every((byte) => byte === 0);

/** Calls `found` with each vector constant inside a loop. */
function eachInLoops(body: Ref, found: (bytes: readonly number[]) => void): void {
  visit(body, (ref, { id, body: inside }) => {
    if (id === binaryen.LoopId)
      visit(inside, (inner) => {
        const bytes = constantOf(inner);
        if (bytes) found(bytes);
        return inner;
      });
    return ref;
  });
}

/** The bytes of a vector constant; undefined for every other expression. */
function constantOf(ref: Ref): readonly number[] | undefined {
  const { id, type, value } = infoOf(ref);
  return id === binaryen.ConstId && type === v128 ? value : undefined;
}

class Pool {
  readonly #module: Module;
  readonly #place: PoolPlace;
  /** By the bytes, as text. */
  readonly #offsets = new Map<string, number>();
  readonly #bytes: number[] = [];

  constructor(module: Module, place: PoolPlace) {
    this.#module = module;
    this.#place = place;
  }

  get segment(): DataSegment {
    return { byteOffset: this.#place.byteOffset, bytes: Uint8Array.from(this.#bytes) };
  }

  /** A load of the constant; undefined where the code is the better place, or the pool is full. */
  load(bytes: readonly number[]): Ref | undefined {
    const period = [4, 8].find((width) => bytes.every((byte, at) => byte === bytes[at % width]));
    if (period === undefined || isZero(bytes) || bytes.every((byte) => byte === 255)) return;
    const offset = this.#offsetOf(bytes.slice(0, period));
    if (offset === undefined) return;
    const { v128: vector, i32 } = this.#module;
    return period === 4 ? vector.load32_splat(offset, 4, i32.const(0)) : vector.load64_splat(offset, 8, i32.const(0));
  }

  #offsetOf(bytes: readonly number[]): number | undefined {
    const known = this.#offsets.get(`${bytes}`);
    if (known !== undefined) return known;
    const start = Math.ceil(this.#bytes.length / bytes.length) * bytes.length;
    if (start + bytes.length > this.#place.byteLength) return undefined;
    while (this.#bytes.length < start) this.#bytes.push(0);
    this.#bytes.push(...bytes);
    this.#offsets.set(`${bytes}`, this.#place.byteOffset + start);
    return this.#place.byteOffset + start;
  }
}
