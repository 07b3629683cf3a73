/**
 * Collects the values of one straight-line block and names those used more than once.
 *
 *   mul(load x, load x), add(load x, 1)      ==>      let v0 = load x; mul(v0, v0), add(v0, 1)
 *
 * Equal expressions are one value, so that a tile's rows share the loads of their columns.
 */

import { numbering } from "../numbering.ts";
import type { LoopBuffer } from "./buffer.ts";
import type { Stmt, VExpr } from "./ir.ts";
import type { Index } from "./kernel.ts";
import { printAffine } from "./print.ts";

export class Block {
  readonly #interned = new Map<string, VExpr>();
  readonly #keys = new Map<VExpr, string>();
  readonly #bufferNumber = numbering<LoopBuffer>();
  readonly #sinks: Sink[] = [];
  readonly #fresh: () => string;

  constructor(fresh: () => string) {
    this.#fresh = fresh;
  }

  /** The one value equal to `expr`; its arguments must be values of this block. */
  intern<E extends VExpr>(expr: E): VExpr {
    const key = this.#key(expr);
    const known = this.#interned.get(key);
    if (known) return known;
    this.#interned.set(key, expr);
    this.#keys.set(expr, `#${this.#interned.size}`);
    return expr;
  }

  add(sink: Sink): void {
    this.#sinks.push(sink);
  }

  /** The statements: shared values named where first needed, then each sink in order; all stores after all values. */
  statements(): Stmt[] {
    const uses = new Map<VExpr, number>();
    const count = (value: VExpr): void => {
      const before = uses.get(value) ?? 0;
      uses.set(value, before + 1);
      if (before === 0) for (const arg of argsOf(value)) count(arg);
    };
    for (const sink of this.#sinks) count(sink.value);
    const result: Stmt[] = [];
    const names = new Map<VExpr, VExpr>();
    const emit = (value: VExpr): VExpr => {
      const named = names.get(value);
      if (named) return named;
      const inner = withArgs(value, argsOf(value).map(emit));
      if (uses.get(value)! < 2 || value.kind === "const" || value.kind === "local") return inner;
      const local: VExpr = { kind: "local", name: this.#fresh() };
      result.push({ kind: "let", name: (local as { name: string }).name, value: inner });
      names.set(value, local);
      return local;
    };
    // A store may overwrite what another value of the same point still reads: compute all, then store.
    const stores = this.#sinks.filter((sink) => sink.kind === "store");
    const late =
      stores.length > 1
        ? stores.map((sink) => ({ ...sink, value: named(emit(sink.value), this.#fresh, result) }))
        : undefined;
    for (const sink of this.#sinks) {
      if (sink.kind === "store" && late) continue;
      result.push({ ...sink, value: emit(sink.value) } as Stmt);
    }
    return [...result, ...(late ?? [])];
  }

  #place = (index: Index): string => printAffine(index, (buffer) => String(this.#bufferNumber(buffer)));

  #key(expr: VExpr): string {
    const args = argsOf(expr).map((arg) => this.#keys.get(arg) ?? this.#key(arg));
    switch (expr.kind) {
      case "const":
        return `const ${Object.is(expr.value, -0) ? "-0" : expr.value}`;
      case "local":
        return `local ${expr.name}`;
      case "load":
        return `load ${this.#bufferNumber(expr.buffer)}[${this.#place(expr.index)}]:${expr.lanes}`;
      case "splat":
        return `splat ${this.#bufferNumber(expr.buffer)}[${this.#place(expr.index)}]`;
      case "gather":
        return `gather ${this.#bufferNumber(expr.buffer)}[${this.#place(expr.index)}]/${expr.stride}:${expr.lanes}`;
      case "iota":
        return `iota ${printAffine(expr.index)}/${expr.stride}`;
      case "rows":
      case "step":
        return expr.kind;
      case "uniform":
        return `uniform ${expr.stream} ${printAffine(expr.index)}/${expr.stride}`;
      case "op":
        return `${expr.op}(${args})`;
      case "swap":
        return `swap ${expr.bit}(${args})`;
    }
  }
}

export type Sink = Extract<Stmt, { kind: "set" | "store" | "let" }>;

const argsOf = (value: VExpr): readonly VExpr[] =>
  value.kind === "op" ? value.args : value.kind === "swap" ? [value.value] : [];

function withArgs(value: VExpr, args: readonly VExpr[]): VExpr {
  if (value.kind === "op") return { ...value, args };
  return value.kind === "swap" ? { ...value, value: args[0]! } : value;
}

function named(value: VExpr, fresh: () => string, into: Stmt[]): VExpr {
  if (value.kind === "local" || value.kind === "const") return value;
  const name = fresh();
  into.push({ kind: "let", name, value });
  return { kind: "local", name };
}
