/** Timing decides between tiles, never about results: every candidate gives the same bits, and a build follows a table. */
import { describe, expect, test } from "vitest";
import { compile, prepareModule } from "../../compiler/compile.ts";
import type { CompileOptions, PreparedModule } from "../../compiler/compile-options.ts";
import { adam, classes, dense, embedding, meanSquaredError, model, relu, tanh } from "../../compiler/dsl/index.ts";
import type { Model } from "../../compiler/dsl/model.ts";
import { parseTile } from "../../compiler/loop/parse-tile.ts";
import { tilesLike } from "../../compiler/loop/same-bits.ts";
import { signatureOf } from "../../compiler/loop/signature.ts";
import type { TiledKernel } from "../../compiler/loop/tiling.ts";
import { printTile } from "../../compiler/loop/tiling.ts";
import { StageRunner } from "../../compiler/stages.ts";
import { openKernel } from "../../compiler/tune/kernel-module.ts";
import { sameResults, tuneKernels } from "../../compiler/tune/tune.ts";
import { loadInference } from "../../runtime/infer.ts";

const network = model({
  inputs: { x: [9] },
  targets: { y: [5] },
  batch: 7,
  forward: ({ x }) => ({ y: dense(relu(dense(tanh(dense(x, 13)), 18)), 5) }),
  loss: ({ y }, { y: target }) => meanSquaredError(y, target),
  optimizer: adam({ rate: 0.1 }),
});

/** The first product reads rows that labels name. */
const ofWords = model({
  inputs: { word: classes(11) },
  targets: { y: [5] },
  batch: 7,
  forward: ({ word }) => ({ y: dense(embedding(word, 6), 5) }),
  loss: ({ y }, { y: target }) => meanSquaredError(y, target),
  optimizer: adam({ rate: 0.1 }),
});

const prepare = (options: CompileOptions, source: Model = network): Promise<PreparedModule> =>
  prepareModule(source, { ...options, tiles: undefined }, new StageRunner());

const placeOf = ({ layout, program: { batch, dtype } }: PreparedModule) => ({ layout, batch, dtype });

describe.each([
  ["f32", network, 100],
  ["f64", network, 100],
  ["f32, labels", ofWords, 10],
] as const)("every candidate has the same bits, %s", (types, source, least) => {
  test("for each kernel of a training module, at every number of rows", async () => {
    const dtype = types === "f64" ? "f64" : "f32";
    const prepared = await prepare({ mode: "train", dtype }, source as unknown as Model);
    const place = placeOf(prepared);
    let timesChosen = 0;
    for (const { kernel, tile } of prepared.functions.flatMap(({ tiles }): readonly TiledKernel[] => tiles)) {
      const tiles = tilesLike(tile, kernel, place);
      if (tiles.length === 1) continue;
      const module = await openKernel(kernel, tiles, place);
      for (let rows = 1; rows <= place.batch; rows++)
        for (const [at, other] of tiles.entries())
          expect(module.results(at, rows), `${kernel.name} ${printTile(other)}`).toEqual(module.results(0, rows));
      timesChosen += tiles.length;
    }
    expect(timesChosen).toBeGreaterThan(least);
  });
});

describe("tuneKernels", () => {
  test("times each kernel once, and finds a tile of the same bits for it", async () => {
    const prepared = await prepare({ mode: "infer" });
    const counts: number[] = [];
    const found = await tuneKernels(prepared.functions, placeOf(prepared), {
      budgetMs: 1,
      onStart: (kernels) => counts.push(kernels),
    });
    expect(counts).toEqual([found.length]);
    expect(new Set(found.map(({ signature }) => signature)).size).toBe(3);
    for (const { chosen, tile, gain, timed } of found) {
      expect(timed).toBeGreaterThan(1);
      expect(gain === 1).toBe(printTile(tile) === printTile(chosen));
    }
  });

  test("a tile that gives other bits is not even timed", async () => {
    const prepared = await prepare({ mode: "infer" });
    const [{ kernel }] = prepared.functions[0]!.tiles as [TiledKernel];
    const across = parseTile("lanes across r0 x2");
    const along = parseTile("lanes along i1 x1");
    const module = await openKernel(kernel, [along, across], placeOf(prepared));
    expect(sameResults(module, 2, 7)).toEqual([0]);
  });
});

describe("a table of tiles", () => {
  const tileOf = ({ stages }: { stages: readonly { name: string; text(): string }[] }, kernel: string) =>
    stages
      .find(({ name }) => name === "infer/tile")!
      .text()
      .split("\n")
      .find((line) => line.startsWith(`${kernel}:`));

  test("is followed, and the answers keep their bits", async () => {
    const { functions } = await prepare({ mode: "infer" });
    const [{ kernel }] = functions[0]!.tiles as [TiledKernel];
    const tiles = new Map([[signatureOf(kernel), parseTile("lanes along i1 x2, i0 by 3, last rows x4")]]);
    const plain = await compile(network, { mode: "infer" });
    const tuned = await compile(network, { mode: "infer", tiles });
    expect(tileOf(plain, kernel.name)).not.toBe(tileOf(tuned, kernel.name));
    expect(tileOf(tuned, kernel.name)).toBe(`${kernel.name}: lanes along i1 x2, i0 by 3, last rows x4`);
    expect(tuned.staleTiles).toEqual([]);
    const x = Float32Array.from({ length: 63 }, (_, i) => Math.sin(i));
    const answers = await Promise.all(
      [plain, tuned].map(async ({ wasm }) => [...(await loadInference(wasm as BufferSource)).infer({ x }).y!]),
    );
    expect(answers[1]).toEqual(answers[0]);
  });

  test.each([
    ["a kernel that is no more", "[i0<n] a[i0] = b[i0]", "lanes along i0 x1"],
    ["another axis of lanes", undefined, "lanes across r0 x1"],
    ["a tile that no registers hold", undefined, "lanes along i1 x4, i0 by 8, last rows x4"],
    ["an axis that the kernel does not have", undefined, "lanes along i1 x2, i7 by 2, last rows x4"],
  ])("%s: stale, and ignored", async (_name, signature, text) => {
    const { functions } = await prepare({ mode: "infer" });
    const found = signature ?? signatureOf(functions[0]!.tiles[0]!.kernel);
    const plain = await compile(network, { mode: "infer" });
    const built = await compile(network, { mode: "infer", tiles: new Map([[found, parseTile(text)]]) });
    expect(built.staleTiles).toEqual([found]);
    expect(built.wasm).toEqual(plain.wasm);
  });
});
