/**
 * A module plan to a Wasm module: verified, emitted, linked, validated.
 *
 * The module has no imports, one exported memory that cannot grow, no table and no start function, and only counted
 * loops: it can neither reach anything, run forever nor touch a byte outside its buffers.
 */
import { takesRelaxedSimd } from "../../runtime/variant.ts";
import { internalError } from "../diagnostics.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { LoopFunction, Stmt } from "../loop/ir.ts";
import { verifyFunction } from "../loop/verify.ts";
import { link } from "./link.ts";
import { checkPlan, type Entry, type LabelCheck, type ModulePlan } from "./plan.ts";
import { wasmText } from "./text.ts";

export interface EmitOptions {
  /** Makes equal kernels one function, inlines helpers and cleans up; on unless said. */
  readonly optimize?: boolean;
}

export interface EmittedModule {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Bytes of vector constants in memory. */
  readonly poolBytes: number;
  /** The module as text with the names of kernels; made when asked for. */
  wat(): Promise<string>;
}

/** Throws an internal error where the plan or a kernel breaks a law, or the module is not valid. */
export async function emitModule(plan: ModulePlan, { optimize = true }: EmitOptions = {}): Promise<EmittedModule> {
  checkPlan(plan);
  const { batch, relaxed } = plan;
  const context = { buffers: new Set(plan.buffers.map(({ buffer }) => buffer)), batch, relaxed };
  const trusted = new Map(plan.kernels.map((kernel) => [kernel, verifyFunction(kernel, context)]));
  for (const entry of plan.entries) checkTrust(entry, trusted, batch);
  const { wasm: linked, poolBytes } = link(plan, { optimize, names: false });
  // Never of shared memory, though the types say nothing of it; what compiles a module asks for that.
  const wasm = linked as Uint8Array<ArrayBuffer>;
  const isKnown = !relaxed || takesRelaxedSimd();
  if (isKnown && !WebAssembly.validate(wasm)) throw internalError("the engine refuses the emitted module");
  return { wasm, poolBytes, wat: () => wasmText(link(plan, { optimize, names: true }).wasm) };
}

/**
 * What the proof of a kernel takes at its word, the entries that run it have checked, or a kernel before it stored: each store
 * of labels is proved.
 */
function checkTrust(
  { name, checks, kernels }: Entry,
  trusted: ReadonlyMap<LoopFunction, ReadonlySet<LoopBuffer>>,
  batch: number,
): void {
  const made = new Set<LoopBuffer>();
  for (const kernel of kernels) {
    for (const buffer of trusted.get(kernel)!) {
      const covers = (check: LabelCheck): boolean =>
        check.buffer === buffer && check.classes <= buffer.below! && check.perRow * batch === buffer.elementCount;
      if (!made.has(buffer) && !checks.some(covers))
        throw internalError(
          `entry ${name} does not check that ${buffer.name} is below ${buffer.below}, on which a kernel relies`,
        );
    }
    for (const buffer of storedIn(kernel.body)) made.add(buffer);
  }
}

const storedIn = (body: readonly Stmt[]): LoopBuffer[] =>
  body.flatMap((stmt) => (stmt.kind === "for" ? storedIn(stmt.body) : stmt.kind === "store" ? [stmt.buffer] : []));
