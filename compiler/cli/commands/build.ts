/** `nabla build`: the module and what belongs to it, all files or none, and what they weigh. */

import { join } from "node:path";
import type { Manifest } from "../../bindings/manifest.ts";
import type { ColumnMap } from "../../data/types.ts";
import { totalFlops } from "../../flops.ts";
import type { Mode } from "../../graph/function.ts";
import type { FloatType } from "../../graph/types.ts";
import { bytesOf } from "../../targets/c/interface.ts";
import { type Bundle, buildBundle, type PartSize } from "../../tasks/build-bundle.ts";
import { compareHalf } from "../../tasks/compare-half.ts";
import { UserError } from "../../tasks/errors.ts";
import { type ModelFile, readModelFile } from "../../tasks/model-file.ts";
import { requireOutputs } from "../../tasks/outputs.ts";
import { bytes, count } from "../../tasks/quantities.ts";
import { tileFileOf } from "../../tasks/saved-tiles.ts";
import type { Target } from "../../tasks/targets.ts";
import { writeTogether } from "../../tasks/write-together.ts";
import { openStages, type StageFlags } from "../stages.ts";
import { note, print, table } from "../terminal.ts";
import { openTuning, type TuningFlags } from "../tuning.ts";
import { working } from "../working.ts";

export interface BuildFlags extends StageFlags, TuningFlags {
  readonly weights?: string;
  readonly mode?: Mode;
  readonly target?: Target;
  readonly outDir?: string;
  readonly name?: string;
  readonly batch?: number;
  readonly dtype?: FloatType;
  readonly half?: boolean;
  readonly relaxed?: boolean;
  readonly data?: readonly string[];
  readonly map?: ColumnMap;
}

export async function build(path: string, flags: BuildFlags): Promise<void> {
  const { weights, mode = "infer", target = "wasm", outDir = ".", batch, dtype, half = false } = flags;
  const relaxedSimd = flags.relaxed ?? false;
  if (flags.data && !(half && weights)) throw new UserError("--data: expected --half and --weights beside it");
  if (flags.tuneMs !== undefined && !flags.tune) throw new UserError("--tune-ms: expected --tune beside it");
  if (relaxedSimd && target !== "wasm") throw new UserError(`--relaxed: expected --target wasm, got ${target}`);
  working(`${path}: compiling`);
  const file = await readModelFile(path);
  const name = flags.name ?? file.name;
  const stages = openStages(flags);
  const { tiles, finish } = openTuning(path, file, { mode, batch, dtype }, flags);
  let bundle: Bundle | undefined;
  await stages.run(async () => {
    bundle = await file.explaining(() =>
      buildBundle(file.model, {
        ...stages.options,
        weights,
        mode,
        target,
        name,
        batch,
        dtype,
        half,
        relaxedSimd,
        tiles,
      }),
    );
    return bundle.built;
  });
  if (!bundle) return;
  requireOutputs(
    [
      ...[...bundle.files.keys()].map((written) => ({ path: join(outDir, written), kind: "build" as const })),
      ...(flags.tune ? [{ path: tileFileOf(path), kind: "tiles" as const }] : []),
    ],
    [path, ...file.sources, ...(weights === undefined ? [] : [weights]), ...(flags.data ?? [])],
  );
  writeTogether(outDir, bundle.files);
  finish(bundle.built);
  if (weights === undefined && mode === "infer") note("no --weights: the module has the initial, untrained values");
  if (relaxedSimd && !bundle.built.relaxedWasm)
    note("--relaxed: no product is large enough to gain by it, so there is one module");
  print(sizesTable(bundle, target));
  if (flags.data) print(await changes(file, weights!, flags.data, flags.map));
  print();
  for (const written of bundle.files.keys()) print(`written  ${join(outDir, written)}`);
}

/** What half-precision weights cost. */
async function changes(file: ModelFile, weights: string, data: readonly string[], map?: ColumnMap): Promise<string> {
  const found = await file.explaining(() => compareHalf(file.model, { weights, data, map }));
  return found
    .map(
      ({ what, full, half }) => `${what}: ${full.toFixed(4)} with full weights, ${half.toFixed(4)} with half precision`,
    )
    .join("\n");
}

function sizesTable({ built: { manifest }, sizes }: Bundle, target: Target): string {
  const { memory, flops, batch, mode } = manifest;
  const parts = mode === "infer" ? [flops.infer] : [flops.forward, flops.adjoint, flops.update];
  const work = parts.reduce((sum, part) => sum + (part ? totalFlops(part) : 0), 0);
  const [first, ...rest] = sizes.parts;
  return table(
    [
      ...weighed(first!),
      ["  of which weights", bytes(sizes.weights), ""],
      ...rest.flatMap(weighed),
      ["memory", ...memoryOf(memory, target)],
      ["  of which arena", bytes(memory.arenaBytes), `at least ${bytes(memory.lowerBoundBytes)}`],
      [
        mode === "infer" ? "FLOPs per row" : "FLOPs per row of a step",
        count(Math.round(work / batch)),
        `batch ${batch}`,
      ],
    ],
    { head: false },
  );
}

const weighed = ({ name, bytes: size, gzip }: PartSize) => [[name, bytes(size), `${bytes(gzip)} gzipped`]];

/** C gets what the network needs, the others whole pages. */
const memoryOf = (memory: Manifest["memory"], target: Target): [string, string] =>
  target === "c"
    ? [bytes(bytesOf(memory)), "static"]
    : [bytes(memory.pages * 65_536), `${memory.pages} ${memory.pages === 1 ? "page" : "pages"}`];
