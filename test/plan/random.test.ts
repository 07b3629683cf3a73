/** The plans of random graphs: judged by what their kernels touch, and run in poisoned memory. */
import { expect, test } from "vitest";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { printPlan } from "../../compiler/plan/print.ts";
import { planFaults } from "../../compiler/plan/verify.ts";
import { firstFault, firstOtherBits } from "../support/close.ts";
import { randomUpdates } from "../support/random-updates.ts";
import { type LoopModule, loopModule } from "../support/run-loops.ts";
import { dtypeOf, leafValues } from "../support/stages.ts";

const count = Number(process.env.NABLA_GRAPHS ?? 400);
const firstSeed = Number(process.env.NABLA_SEED ?? 1);
const seeds = Array.from({ length: count }, (_, i) => firstSeed + i);
const batch = 5;
/** A graph's text, compiled in one of four ways by its seed. */
const compiled = (seed: number): { graph: Graph; module: LoopModule } => {
  const dtype = seed % 3 === 0 ? "f32" : "f64";
  const graph = randomUpdates(seed, dtype);
  return { graph, module: loopModule(graph, { batch, dtype, simplify: seed % 2 === 0, fuse: seed % 5 !== 0 }) };
};

test(`${count} random graphs from seed ${firstSeed}`, { timeout: 1_200_000 + 1000 * count }, () => {
  for (const seed of seeds) {
    const { graph, module } = compiled(seed);
    const replay = () => `seed ${seed}\n${printGraph(graph)}\n${printPlan(module.compiled.plan)}`;
    const faults = faultsOf(module);
    if (faults.length > 0) expect.fail(`${faults.join("\n")}\n${replay()}`);
    const rows = (seed % batch) + 1;
    const fault = runFault(graph, module, rows);
    if (fault) expect.fail(`${rows} rows: ${fault}\n${replay()}`);
  }
});

function faultsOf({ compiled: { tiles, plan }, layout }: LoopModule): string[] {
  return planFaults({
    kernels: tiles.map(({ kernel }) => kernel),
    places: layout.buffers,
    given: new Set([...plan.assignment.leaves.values(), layout.seed.buffer, layout.step.buffer]),
    kept: new Set(plan.assignment.outputs.values()),
  });
}

/** The values against the interpreter's, and the bits against those of a run in memory that held other numbers. */
function runFault(graph: Graph, module: LoopModule, rows: number): string | undefined {
  const call = { rows, leaves: leafValues(graph, rows), seed: 5, step: 2 };
  const poisoned = module.run(call, 0xff);
  const tolerance = dtypeOf(graph) === "f32" ? 3e-4 : 1e-10;
  return firstFault(poisoned, interpret(graph, call), tolerance) ?? firstOtherBits(module.run(call, 0x41), poisoned);
}

test("the arena is as small as what is alive at once, with few exceptions, and at most a quarter larger", () => {
  const ratios = seeds.map((seed) => {
    const { arena } = compiled(seed).module.compiled.plan;
    return arena.lowerBoundBytes === 0 ? 1 : arena.bytes / arena.lowerBoundBytes;
  });
  expect(Math.max(...ratios)).toBeLessThanOrEqual(1.25);
  expect(ratios.filter((ratio) => ratio > 1).length / count).toBeLessThan(0.04);
});
