/**
 * A random kernel as text, over buffers of small integers: on these every order of a sum is exact, so that whatever tiles it
 * gets its values are those of the kernel interpreter to the bit.
 *
 *   kernel k [i0<n, i1<4]
 *     y[4*i0 + i1] = add(sum[r0<3](mul(x[3*i0 + r0], where[q0 = i1 + r0 - 1, q0<2](w[q0]; 2))), 1)
 *     z[i1 + 4*i0] = neg(y[4*i0 + i1])
 */
import type { FloatType } from "../../compiler/graph/types.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { type Reduce, reduceNames } from "../../compiler/loop/monoids.ts";
import type { Random } from "./random.ts";

export const batch = 6;

/** Stored are y, z and found, an index from 0 to 63; the others are read. */
export const kernelBuffers = (dtype: FloatType): LoopBuffer[] => [
  { name: "x", dtype, elementCount: 1000 },
  { name: "w", dtype, elementCount: 1000 },
  { name: "y", dtype, elementCount: 3000 },
  { name: "z", dtype, elementCount: 3000 },
  { name: "label", dtype: "i32", elementCount: 2 * batch, below: 4 },
  { name: "found", dtype: "i32", elementCount: 3000, below: 64 },
  { name: "seed", dtype: "i32", elementCount: 1 },
  { name: "step", dtype: "i32", elementCount: 1 },
];

/** What the buffers hold before; 0, which sums in passes leave where nothing is stored, in y, which these store to. */
export function elementOf({ name, below }: LoopBuffer, at: number): number {
  if (name === "found") return 63;
  if (below !== undefined) return (at * 7 + 3) % below;
  const small: Record<string, number> = { y: 0, z: -1, seed: 3, step: 5 };
  return small[name] ?? ((at * (name === "x" ? 31 : 17)) % 19) - 9;
}

interface Around {
  readonly name: string;
  /** At the most rows of a call. */
  readonly size: number;
  /** As the text has it: 3, n or 2*n. */
  readonly extent: string;
}

export const randomKernel = (random: Random, name: string): string => new Writer(random).kernel(name);

class Writer {
  readonly #random: Random;
  readonly #turns: readonly Around[];
  readonly #points: readonly Around[];
  /** Places of this very point that may be read, as they are stored there. */
  readonly #own: string[] = [];
  #guards = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#turns = this.#chance(0.15) ? [this.#fixed("t0")] : [];
    const count = random.integer(0, 3);
    this.#points = Array.from({ length: count }, (_, at) =>
      at === 0 && this.#chance(0.6) ? this.#rows("i0") : this.#fixed(`i${at}`),
    );
  }

  kernel(name: string): string {
    const reduction = this.#chance(0.75) ? this.#reduction() : undefined;
    const stores = this.#stores(reduction);
    const backwards = this.#chance(0.5) ? " backwards" : "";
    const turns = this.#turns.map((axis) => ` (${axis.name}<${axis.extent}${backwards})`).join("");
    return [`kernel ${name}${turns} [${axesText(this.#points)}]`, ...stores.map((store) => `  ${store}`)].join("\n");
  }

  #chance(share: number): boolean {
    return this.#random.uniform() < share;
  }

  #fixed(name: string): Around {
    const size = this.#random.integer(2, 4);
    return { name, size, extent: String(size) };
  }

  #rows(name: string): Around {
    const scale = this.#random.pick([1, 1, 2]);
    return { name, size: scale * batch, extent: scale === 1 ? "n" : `${scale}*n` };
  }

  #stores(reduction: string | undefined): string[] {
    const buffers = ["y", "z"].slice(0, this.#random.integer(1, 2));
    const accumulates = this.#chance(0.15);
    const places = buffers.map((buffer) => `${buffer}[${this.#apart()}]`);
    this.#own.push(...(accumulates ? places.slice(1) : places));
    const stores = places.map((place, at) => {
      const value = this.#result(reduction);
      if (at > 0 || !accumulates) return `${place} = ${value}`;
      return `y[${this.#random.integer(1, 9)}*${this.#label()} + ${this.#place(this.#points, 900)}] += ${value}`;
    });
    const isFound = reduction?.startsWith("argmax") && this.#chance(0.6);
    return [...stores, ...(isFound ? [`found[${this.#apart()}] = ${reduction}.1`] : [])];
  }

  #result(reduction: string | undefined): string {
    if (reduction && !reduction.startsWith("argmax") && this.#chance(0.25)) return reduction;
    const around = [...this.#turns, ...this.#points];
    const own = this.#own.length > 0 && this.#chance(0.3) ? this.#random.pick(this.#own) : undefined;
    const parts = [
      ...(reduction ? [this.#component(reduction)] : []),
      ...(own ? [own] : []),
      ...(reduction === undefined || this.#chance(0.5) ? [this.#value(around, [], 2)] : []),
    ];
    return parts.reduce((a, b) => `${this.#random.pick(["add", "sub", "pmax"])}(${a}, ${b})`);
  }

  /** As a float: of several results the first, or the second, which is an index. */
  #component(reduction: string): string {
    if (!reduction.startsWith("argmax")) return reduction;
    return this.#chance(0.5) ? `${reduction}.0` : `float(${reduction}.1)`;
  }

  #reduction(): string {
    const reduce = this.#random.pick(reduceNames);
    const more = this.#chance(0.2) ? [this.#part(reduce, "s")] : [];
    return `${reduce}${[this.#part(reduce, "r"), ...more].join("")}`;
  }

  #part(reduce: Reduce, prefix: string): string {
    const count = this.#random.integer(prefix === "r" ? 1 : 0, 2);
    const axes = Array.from({ length: count }, (_, at) =>
      at === 0 && this.#chance(0.3) && reduce !== "prod" ? this.#rows(`${prefix}0`) : this.#fixed(`${prefix}${at}`),
    );
    const value = this.#value([...this.#turns, ...this.#points, ...axes], axes, 2);
    // Of at most 32 factors: a power of two, which is exact.
    if (reduce === "prod") return `[${axesText(axes)}](pmax(-2, pmin(2, ${value})))`;
    if (reduce !== "argmax") return `[${axesText(axes)}](${value})`;
    return `[${axesText(axes)}](${value}, index(${rowMajor(axes)}))`;
  }

  /** `reduced`: the axes of the reduction around, one of which a guard may meet. */
  #value(around: readonly Around[], reduced: readonly Around[], depth: number): string {
    const kind = this.#random.integer(0, depth === 0 ? 4 : 11);
    const inner = (): string => this.#value(around, reduced, depth - 1);
    if (kind <= 2) return `${this.#random.pick(["x", "w"])}[${this.#place(around, 1000)}]`;
    if (kind === 3) return this.#chance(0.5) ? String(this.#random.integer(-3, 3)) : this.#rare(around);
    if (kind === 4) return `x[${this.#random.integer(1, 9)}*${this.#label(around)} + ${this.#place(around, 900)}]`;
    if (kind <= 7) return this.#guard(around, reduced, depth - 1);
    if (kind === 8) return `select(lt(${inner()}, ${inner()}), ${inner()}, ${inner()})`;
    return `${this.#random.pick(["mul", "add", "sub", "pmax"])}(${inner()}, ${inner()})`;
  }

  #rare(around: readonly Around[]): string {
    const place = this.#place(around, 100);
    const integer = this.#random.pick([
      `index(${place})`,
      `i32.sub(index(${place}), ${this.#label(around)})`,
      `i32.max(int(${this.#random.integer(-9, 9)}), i32.mul(index(${place}), int(-3)))`,
      `i32.select(i32.lt(index(${place}), int(7)), ${this.#label(around)}, int(2))`,
      `int(mul(-8.5, uniform#2(${place})))`,
    ]);
    return this.#random.pick(["rows", "step", `float(${integer})`, `floor(mul(8, uniform#1(${place})))`]);
  }

  /** One that meets a parallel axis and a reduced one, neither of them rows, as lowering has them. */
  #guard(around: readonly Around[], reduced: readonly Around[], depth: number): string {
    const outer = around.filter(({ name }) => name.startsWith("q"));
    const meets = (outer.length > 0 && this.#chance(0.5) ? [outer] : [this.#points, reduced]).flatMap((axes) => {
      const own = axes.filter(({ extent }) => !extent.includes("n"));
      return own.length > 0 && this.#chance(0.8) ? [this.#random.pick(own)] : [];
    });
    const integer = (low: number, high: number): number => this.#random.integer(low, high);
    const terms = meets.map(({ name }) => `${this.#random.pick(["", "", "-", "2*"])}${name}`);
    const place = `q${this.#guards++}`;
    const size = integer(1, 4);
    const divisor = this.#random.pick(["", "", "2*", "3*"]);
    const index = [...terms, String(integer(-3, 4))].join(" + ").replaceAll("+ -", "- ");
    const body = this.#value([...around, { name: place, size, extent: String(size) }], reduced, depth);
    const otherwise = this.#random.pick(["", "", `; ${integer(-4, 4)}`, `; ${this.#value(around, reduced, 0)}`]);
    return `where[${divisor}${place} = ${index}, ${place}<${size}](${body}${otherwise})`;
  }

  /** Of the rows of a call, so that it is checked. */
  #label(around: readonly Around[] = this.#points): string {
    const rows = around.find(({ extent }) => extent === "n");
    const column = this.#random.integer(0, 1);
    return `label[${rows ? `2*${rows.name} + ` : ""}${column}]`;
  }

  /** An index from 0 to below `end`: along all axes as memory lies, along some, in another order, with gaps or backwards. */
  #place(around: readonly Around[], end: number): string {
    const kind = this.#random.integer(0, 4);
    const axes = kind === 0 ? around : around.filter(() => this.#chance(kind === 1 ? 0.5 : 0.8));
    return this.#index(kind === 3 ? axes.toReversed() : axes, kind === 4, end);
  }

  /** An index at which no two points are. */
  #apart(): string {
    const axes = this.#chance(0.2) ? this.#points.toReversed() : this.#points;
    return this.#index(
      [...(this.#chance(0.5) ? this.#turns : []), ...axes],
      this.#chance(0.3),
      Number.POSITIVE_INFINITY,
    );
  }

  #index(axes: readonly Around[], isLoose: boolean, end: number): string {
    let [stride, base, last] = [1, isLoose ? this.#random.integer(0, 3) : 0, 3];
    const terms: string[] = [];
    for (const { name, size } of axes.toReversed()) {
      if (isLoose && this.#chance(0.3)) stride += this.#random.integer(1, 2);
      const reach = stride * (size - 1);
      last += reach;
      if (last >= end) break;
      const isBack = isLoose && this.#chance(0.2);
      if (isBack) base += reach;
      terms.unshift(`${isBack ? "-" : ""}${stride}*${name}`);
      stride *= size;
    }
    return [...terms, String(base)].join(" + ").replaceAll("+ -", "- ");
  }
}

const axesText = (axes: readonly Around[]): string => axes.map(({ name, extent }) => `${name}<${extent}`).join(", ");

/** The index of a point, of one that follows a larger one. */
function rowMajor(axes: readonly Around[]): string {
  let stride = 1;
  const terms = axes.toReversed().map(({ name, size }) => {
    const term = `${stride}*${name}`;
    stride *= size;
    return term;
  });
  return [...terms.toReversed(), "0"].join(" + ");
}
