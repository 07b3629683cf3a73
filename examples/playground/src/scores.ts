/** What outputs say: how likely each digit is, and how many rows are answered right. */
import { accuracy, type Net } from "nabla/runtime";
import type { Rows } from "./protocol.ts";

/** softmax: exp(x_i) / sum of exp(x_j), moved by the largest so that nothing overflows. */
export function shares(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const top = Math.max(...all);
  const powers = all.map((x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** Of all rows, 0 to 1. */
export function accuracyOf(net: Pick<Net, "infer">, { inputs, targets, count }: Rows): number {
  const { logits, score } = net.infer(inputs);
  if (logits) return accuracy(logits, targets.digit!, 10);
  return score!.filter((one, row) => one > 0 === targets.side![row]! > 0.5).length / count;
}
