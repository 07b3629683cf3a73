/** What records say of their ops is held against their functions: a fact that is left out or wrong is found. */
import { describe, expect, test } from "vitest";
import type { Op } from "../../compiler/graph/ir.ts";
import { helperOps } from "../../compiler/loop/ir.ts";
import { ops } from "../../compiler/ops/index.ts";

const elementwise = ops.filter(({ kind }) => kind === "elementwise");
const numbers = [-1e300, -40, -3, -1, -0.5, -0, 0, 0.25, 1, 2, 7, 40, 1e300];

/** The op's function at these numbers. */
const at = (op: Op, args: readonly number[]): number => {
  const inputs = Object.fromEntries(op.inputs.map((name, i) => [name, { dims: [], data: Float64Array.of(args[i]!) }]));
  return op.reference(inputs, [], {}, { rows: 1, seed: 0, step: 0 })[0]!;
};
const isMask = ({ masks, inputs }: Op, position: number): boolean =>
  masks?.inputs?.includes(inputs[position]!) ?? false;
const points = (op: Op): number[][] =>
  op.inputs.reduce<number[][]>(
    (lists, _, i) => lists.flatMap((list) => (isMask(op, i) ? [0, 1] : numbers).map((value) => [...list, value])),
    [[]],
  );

describe.each(elementwise.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  test("is commutative where its function is", () => {
    const swaps = op.inputs.length === 2 && points(op).every(([a, b]) => Object.is(at(op, [a!, b!]), at(op, [b!, a!])));
    expect(op.commutative ?? false).toBe(swaps);
  });

  test("stays in its image", () => {
    const [low, high] = op.image ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const left = points(op).filter((args) => at(op, args) < low || at(op, args) > high);
    expect(left).toEqual([]);
  });

  test("gives numbers where it is total", () => {
    if (!op.total) return;
    const left = points(op).filter((args) => args.every((x) => Math.abs(x) < 1e3) && !Number.isFinite(at(op, args)));
    expect(left).toEqual([]);
  });

  test("calls a helper where there is one of its name", () => {
    expect(op.method === "helper").toBe(Object.hasOwn(helperOps, op.name));
  });
});
