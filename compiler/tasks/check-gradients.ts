/**
 * Gradients against central differences along random directions, both by the float64 interpreter:
 *
 *   sum of g v   and   (L(w + h v) - L(w - h v)) / 2h      v of random signs, h = 1e-5 and 1e-6
 *
 * The better of the two widths counts, since a kink such as that of relu between the two points spoils one. The rounding
 * error of a difference is about 1e-10 of the loss.
 */

import type { Graph } from "../graph/graph.ts";
import { type Environment, interpret, type LeafValues } from "../graph/interpret.ts";
import type { Program } from "../program/program.ts";
import type { Draws } from "./draws.ts";

const directions = 3;
const widths = [1e-5, 1e-6];
/** Of the loss; relative to less, the rounding of a difference would show. */
const smallestSlope = 2e-4;

/** Parameter -> the worst relative error of its derivative along a direction. */
export function checkGradients(program: Program, environment: Environment, random: Draws): Map<string, number> {
  const { step, gradients } = program;
  const loss: Graph = { ...step, name: "loss", updates: [] };
  const slopes: Graph = { ...loss, outputs: [...gradients].map(([name, node]) => ({ name, node })) };
  const exact = interpret(slopes, environment).outputs;
  const leafOf = new Map(program.states.map((state) => [state.name, state.node]));
  const lossIn = (leaves: LeafValues): number => interpret(loss, { ...environment, leaves }).outputs.get("loss")![0]!;
  const floor = smallestSlope * Math.abs(lossIn(environment.leaves));
  return new Map(
    [...exact].map(([name, gradient]) => {
      const leaf = leafOf.get(name)!;
      const at = Float64Array.from(environment.leaves.get(leaf)!);
      const errors = Array.from({ length: directions }, () => {
        const direction = random.signs(at.length);
        const expected = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        const along = (width: number) =>
          lossIn(
            new Map(environment.leaves).set(
              leaf,
              at.map((w, i) => w + width * direction[i]!),
            ),
          );
        return Math.min(...widths.map((h) => relativeError(expected, (along(h) - along(-h)) / (2 * h), floor)));
      });
      return [name, Math.max(...errors)];
    }),
  );
}

const relativeError = (a: number, b: number, floor: number): number =>
  Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), floor, Number.MIN_VALUE);
