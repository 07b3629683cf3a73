/**
 * Random graphs with their adjoints, as Wasm against the interpreter, passes on and off.
 *
 *   NABLA_GRAPHS=100000 npx vitest run test/random       more of them
 *   NABLA_SEED=4711 NABLA_GRAPHS=1 npx vitest run test/random      replays one
 */
import { expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { FloatType } from "../../compiler/graph/types.ts";
import { firstFault } from "../support/close.ts";
import { randomGraph } from "../support/random-graph.ts";
import { graphModule } from "../support/run-graph.ts";

const count = Number(process.env.NABLA_GRAPHS ?? 1000);
const firstSeed = Number(process.env.NABLA_SEED ?? 1);
const batch = 6;
const tolerance: Record<FloatType, number> = { f32: 3e-4, f64: 1e-10 };

test(`${count} random graphs from seed ${firstSeed}`, { timeout: 1_200_000 + 1000 * count }, async () => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) await checkGraph(seed);
});

async function checkGraph(seed: number): Promise<void> {
  const dtype = seed % 3 === 0 ? "f32" : "f64";
  const { graph, leaves } = randomGraph(seed, dtype);
  const options = { batch, dtype, simplify: seed % 2 === 0, fuse: seed % 5 !== 0 } as const;
  const module = await graphModule(graph, options);
  for (const rows of [1, (seed % batch) + 1, batch]) {
    const call = { rows, leaves: leaves(rows), seed: 5, step: 2 };
    const want = interpret(graph, call);
    const fault = firstFault(module.run(call), want, tolerance[dtype]);
    if (fault) {
      expect.fail(`seed ${seed}, ${dtype}, rows ${rows}, ${JSON.stringify(options)}: ${fault}\n${printGraph(graph)}`);
    }
  }
}
