/**
 * What every host does with the modules: runs in Node, Deno, Bun, workerd and the browsers alike, on nothing but the
 * loader and Web Crypto.
 *
 *   digests([{ name: "mlp f32", kind: "train", file: "mlp.f32.wasm" }], open) -> { "mlp f32": "9f86d081..." }
 *
 * Inputs are multiples of 1/256 drawn from integers, so that no host's Math takes part in them: features in [-2, 2), targets,
 * which may be probabilities, in [0, 1).
 */
import { load } from "../../runtime/load.ts";
import { elementCount, type Slot } from "../../runtime/section.ts";
import type { Source } from "../../runtime/source.ts";

export interface Case {
  readonly name: string;
  /** infer: the outputs are hashed. train: parameters and optimiser state after STEPS steps, and the outputs then. */
  readonly kind: "infer" | "train";
  readonly file: string;
}

export type Digests = Record<string, string>;

const STEPS = 200;

/** The SHA-256 of each case's results, in hexadecimal; `open` finds a case's module, as the host finds modules. */
export async function digests(
  cases: readonly Case[],
  open: (file: string) => Source | Promise<Source>,
): Promise<Digests> {
  const found: Digests = {};
  for (const { name, kind, file } of cases) {
    const net = await load(open(file));
    const { batch, inputs, targets } = net.manifest;
    const random = counter();
    const draw = (slots: readonly Slot[], rows: number, value: () => number) =>
      Object.fromEntries(slots.map((slot) => [slot.name, column(slot, rows, random, value)]));
    const features = (rows: number) => draw(inputs, rows, () => (random() % 1024) / 256 - 2);
    const truths = (rows: number) => draw(targets, rows, () => (random() % 256) / 256);
    if (kind === "train") {
      net.init(7);
      for (let step = 0; step < STEPS; step++) {
        // Now and then a short batch, as at the end of an epoch.
        const rows = step % 5 === 4 ? Math.max(1, batch - 1) : batch;
        net.step(features(rows), truths(rows), rows);
      }
    }
    const outputs = net.infer(features(batch + 1), batch + 1);
    const states = kind === "train" ? [...Object.values(net.parameters), ...Object.values(net.optimizer)] : [];
    const results = [...states, ...Object.values(outputs)];
    // The bits of a NaN are the engine's choice.
    if (!results.every((tensor) => tensor.every(Number.isFinite))) throw new Error(`${name}: a value is not finite`);
    found[name] = await sha256(results);
  }
  return found;
}

/** The high 16 bits of a linear congruential generator modulo 2^32. */
function counter(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 22695477) + 1) >>> 0;
    return state >>> 16;
  };
}

/** Labels where a slot has classes, else values as `value` draws them. */
function column({ dims, classes }: Slot, rows: number, random: () => number, value: () => number): number[] {
  const length = rows * elementCount(dims);
  return Array.from({ length }, () => (classes === undefined ? value() : random() % classes));
}

async function sha256(tensors: readonly ArrayBufferView[]): Promise<string> {
  const bytes = new Uint8Array(tensors.reduce((length, tensor) => length + tensor.byteLength, 0));
  let offset = 0;
  for (const { buffer, byteOffset, byteLength } of tensors) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
