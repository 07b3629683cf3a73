/**
 * Random kernels: what each pass makes of one computes what it says, by the interpreters and as Wasm.
 *
 *   NABLA_KERNELS=10000 npx vitest run test/loop/random-kernels       more of them
 *   NABLA_SEED=4711 NABLA_KERNELS=1 npx vitest run test/loop/random-kernels      replays one
 */
import { expect, test } from "vitest";
import type { FloatType } from "../../compiler/graph/types.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { collapseAxes } from "../../compiler/loop/collapse.ts";
import { interpretFunctions } from "../../compiler/loop/interpret.ts";
import { interpretKernels } from "../../compiler/loop/interpret-kernel.ts";
import type { LoopFunction } from "../../compiler/loop/ir.ts";
import type { Kernel } from "../../compiler/loop/kernel.ts";
import type { LoopCall } from "../../compiler/loop/machine.ts";
import { monoidOf } from "../../compiler/loop/monoids.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";
import { isLoneSum } from "../../compiler/loop/passes.ts";
import { printFunctions } from "../../compiler/loop/print.ts";
import { printKernel } from "../../compiler/loop/print-kernel.ts";
import { tilesLike } from "../../compiler/loop/same-bits.ts";
import { splitKernel } from "../../compiler/loop/split.ts";
import { chooseLanes, chooseTile } from "../../compiler/loop/tile.ts";
import { printTile, reductionOf, type TiledKernel } from "../../compiler/loop/tiling.ts";
import { vectorize } from "../../compiler/loop/vectorize.ts";
import { verifyFunction } from "../../compiler/loop/verify.ts";
import { verifyKernels } from "../../compiler/loop/verify-kernel.ts";
import { Random } from "../support/random.ts";
import { batch, elementOf, kernelBuffers, randomKernel } from "../support/random-kernel.ts";
import { compiled, type Elements, instantiate, planOf } from "../wasm/support.ts";

const count = Number(process.env.NABLA_KERNELS ?? 80);
const firstSeed = Number(process.env.NABLA_SEED ?? 1);
/** How many share a module. */
const shared = 25;
const stored = ["y", "z", "found"];

type Values = Record<string, number[]>;

interface Case {
  readonly text: string;
  readonly loops: LoopFunction;
  /** By the number of rows. */
  readonly want: ReadonlyMap<number, Values>;
}

test(`${count} random kernels from seed ${firstSeed}`, { timeout: 1_200_000 + 1000 * count }, async () => {
  for (const dtype of ["f64", "f32"] as const) {
    const seeds = Array.from({ length: count }, (_, at) => firstSeed + at).filter(
      (seed) => (seed % 3 === 0) === (dtype === "f32"),
    );
    for (let start = 0; start < seeds.length; start += shared) {
      const cases = seeds.slice(start, start + shared).map((seed) => checkKernel(seed, dtype));
      await checkModule(cases, dtype, start % (2 * shared) === 0);
    }
  }
});

function checkKernel(seed: number, dtype: FloatType): Case {
  const random = new Random(seed);
  const text = randomKernel(random, `k${seed}`);
  const buffers = kernelBuffers(dtype);
  const steps: string[] = [];
  try {
    const [kernel] = parseKernels(text, buffers) as [Kernel];
    verifyKernels([kernel], { dtype, batch });
    const boxes = splitKernel(kernel);
    steps.push(...boxes.map(printKernel));
    verifyKernels(boxes, { dtype, batch });
    const collapsed = boxes.map(collapseAxes);
    steps.push(...collapsed.map(printKernel));
    verifyKernels(collapsed, { dtype, batch });
    const chosen = collapsed.map((one): TiledKernel => ({ kernel: one, tile: chooseTile(one, { dtype, batch }) }));
    const other = collapsed.map((one) => anyTile(one, dtype, random));
    const loops = [chosen, other].map((tiled) => {
      steps.push(...tiled.map(({ tile }) => printTile(tile)));
      const fn = vectorize(tiled, dtype);
      steps.push(printFunctions([fn]));
      verifyFunction(fn, { buffers: new Set(buffers), batch });
      return fn;
    });
    const want = new Map<number, Values>();
    for (const rows of [1, batch - 1, batch]) {
      const by = (run: (call: LoopCall) => void): Values => valuesAfter(buffers, rows, run);
      const own = by((call) => interpretKernels([kernel], dtype, call));
      want.set(rows, own);
      expectSame(
        by((call) => interpretKernels(boxes, dtype, call)),
        own,
        `boxes, ${rows} rows`,
      );
      expectSame(
        by((call) => interpretKernels(collapsed, dtype, call)),
        own,
        `collapsed axes, ${rows} rows`,
      );
      for (const fn of loops)
        expectSame(
          by((call) => interpretFunctions([fn], call)),
          own,
          `loops, ${rows} rows`,
        );
    }
    return { text, loops: loops[1]!, want };
  } catch (error) {
    return expect.fail(`seed ${seed}, ${dtype}: ${(error as Error).message}\n${[text, ...steps].join("\n\n")}`);
  }
}

/** One of the tiles that might have been found cheapest, with passes and blocks as a larger kernel would get. */
function anyTile(kernel: Kernel, dtype: FloatType, random: Random): TiledKernel {
  const request = { dtype, batch };
  const tile = random.pick(tilesLike(chooseLanes(kernel, request), kernel, request));
  const reduction = reductionOf(kernel);
  const isAlong = !tile.across && tile.vector !== undefined;
  const outer = isAlong && isLoneSum(kernel, reduction) ? reduction.axes.slice(0, -1) : [];
  const isSum = reduction !== undefined && monoidOf(reduction.reduce).isAdditive;
  const blocks = isSum && random.integer(0, 1) === 0 ? { by: 2, from: 4 } : undefined;
  const passes = outer.length > 0 ? { passes: outer.map(({ name }) => name) } : {};
  return { kernel, tile: { ...tile, ...passes, ...(blocks && { blocks }) } };
}

function valuesAfter(all: readonly LoopBuffer[], rows: number, run: (call: LoopCall) => void): Values {
  const buffers = new Map(
    all.map((buffer) => [buffer, Float64Array.from({ length: buffer.elementCount }, (_, at) => elementOf(buffer, at))]),
  );
  run({ buffers, rows, seed: 3, step: 5 });
  return Object.fromEntries([...buffers].map(([{ name }, values]) => [name, [...values]]));
}

/** Zeros may have another sign: a sum leaves out points that add none. */
function expectSame(got: Values, want: Values, what: string): void {
  for (const name of stored) {
    const at = want[name]!.findIndex((value, i) => !Object.is(value + 0, got[name]![i]! + 0));
    if (at >= 0) throw new Error(`${what}: ${name}[${at}] is ${got[name]![at]}, expected ${want[name]![at]}`);
  }
}

async function checkModule(cases: readonly Case[], dtype: FloatType, optimize: boolean): Promise<void> {
  const elements = Object.fromEntries(
    kernelBuffers(dtype).map((buffer): [string, Elements] => {
      const { name, elementCount, below } = buffer;
      const values = Array.from({ length: elementCount }, (_, at) => elementOf(buffer, at));
      return [name, { dtype: buffer.dtype, values, ...(below && { below }) }];
    }),
  );
  const plan = planOf(printFunctions(cases.map(({ loops }) => loops)), elements, batch);
  const module = await compiled(plan, optimize);
  for (const { text, loops, want } of cases)
    for (const [rows, values] of want) {
      const instance = instantiate(module, plan, elements);
      instance.call(loops.name, rows);
      const got = Object.fromEntries(stored.map((name) => [name, instance.elements(name)]));
      try {
        expectSame(got, values, `Wasm, ${rows} rows`);
      } catch (error) {
        expect.fail(`${(error as Error).message}\n${text}\n\n${printFunctions([loops])}`);
      }
    }
}
