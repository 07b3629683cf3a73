/**
 * Budgets: what the inference module of a model may cost, stated in the model file and kept by every build.
 *
 *   budget: { wasm: 6_000, memory: 2 ** 20, flops: 1e6 }
 *   -> model.ts:5:16 budget/wasm  the inference module is 1,204 bytes over its budget ...
 */
import type { Manifest } from "./bindings/manifest.ts";
import { CompileError, type Diagnostic } from "./diagnostics.ts";
import { budgetKeys, type Model } from "./dsl/model.ts";
import { totalFlops } from "./flops.ts";
import { sourceOf } from "./graph/origin.ts";

/** Throws one CompileError with all budgets that an inference module exceeds, by how much, and where it went. */
export function checkBudget({ spec, origin }: Model, manifest: Manifest, sectionBytes: number): void {
  const { budget } = spec;
  if (!budget || manifest.mode !== "infer" || manifest.dtype !== "f32") return;
  const costs = costsOf(manifest, sectionBytes);
  const over = budgetKeys.filter((key) => costs[key].total > (budget[key] ?? Number.POSITIVE_INFINITY));
  if (over.length === 0) return;
  throw new CompileError(
    over.map((key): Diagnostic => {
      const { what, unit, total, parts, hint } = costs[key];
      return {
        code: `budget/${key}`,
        message: `${what} is ${count(total - budget[key]!)} ${unit} over its budget`,
        ...sourceOf(origin),
        notes: [
          `expected  at most ${count(budget[key]!)} ${unit}`,
          `got       ${count(total)}: ${parts.map(([name, part]) => `${name} ${count(part)}`).join(", ")}`,
        ],
        hint,
      };
    }),
  );
}

function costsOf({ bytes, memory, flops, batch }: Manifest, sectionBytes: number) {
  const perRow = (total: number) => Math.round(total / batch);
  const inPages = memory.pages * 65_536;
  const wasm = Math.max(bytes.wasm, bytes.relaxedWasm ?? 0);
  const used = memory.stateBytes + memory.exchangeBytes + memory.constantBytes + memory.arenaBytes;
  return {
    wasm: {
      what: "the inference module",
      unit: "bytes",
      total: wasm,
      parts: [
        ["weights", bytes.weights],
        ["description", sectionBytes],
        ["code and the rest", wasm - bytes.weights - sectionBytes],
      ],
      hint: "Fewer or narrower layers, or weights in half precision (nabla build --half).",
    },
    memory: {
      what: "the memory of inference",
      unit: "bytes",
      total: inPages,
      parts: [
        ["states", memory.stateBytes],
        ["inputs and outputs", memory.exchangeBytes],
        ["constants", memory.constantBytes],
        ["arena", memory.arenaBytes],
        ["to the end of the page", inPages - used],
      ],
      hint: "A smaller batch makes inputs, outputs and arena smaller.",
    },
    flops: {
      what: "a row of inference",
      unit: "FLOPs",
      total: perRow(totalFlops(flops.infer)),
      parts: [
        ["arithmetic", perRow(flops.infer.arithmetic)],
        ["activations", perRow(flops.infer.activations)],
      ],
      hint: "Fewer or narrower layers.",
    },
  } as const;
}

const count = (value: number): string => value.toLocaleString("en-US");
