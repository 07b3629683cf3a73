/** Digits as rows: some of them in one batch, and more of them than before. */
import type { Correction, Rows } from "./protocol.ts";

/** How often a corrected drawing stands among the rows: often enough to stay learnt among thousands. */
const COPIES = 8;

/** The rows and a drawing of known digit. */
export function appended({ inputs, targets, count }: Rows, { input, label }: Correction): Rows {
  const pixels = new Float32Array(inputs.pixels!.length + COPIES * input.length);
  const digit = new Int32Array(count + COPIES).fill(label, count);
  pixels.set(inputs.pixels!);
  digit.set(targets.digit!);
  for (let copy = 0; copy < COPIES; copy++) pixels.set(input, inputs.pixels!.length + copy * input.length);
  return { inputs: { pixels }, targets: { digit }, count: count + COPIES };
}

/** A batch of `size` rows: the drawing first, `copies` times, then rows drawn by `random` (0 to 1). */
export function mixed(
  rows: Rows,
  { input, label }: Correction,
  { size, copies, random }: { readonly size: number; readonly copies: number; readonly random: () => number },
): { pixels: Float32Array; digit: Int32Array } {
  const width = input.length;
  const pixels = new Float32Array(size * width);
  const digit = new Int32Array(size).fill(label, 0, copies);
  for (let copy = 0; copy < copies; copy++) pixels.set(input, copy * width);
  for (let i = copies; i < size; i++) {
    const row = Math.floor(random() * rows.count);
    pixels.set(rows.inputs.pixels!.subarray(row * width, (row + 1) * width), i * width);
    digit[i] = rows.targets.digit![row]!;
  }
  return { pixels, digit };
}
