/** The judge of plans finds each fault that a plan can have, and none in a good one. */
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { type Affine, axisIndex, type Expr, type Kernel, linear } from "../../compiler/loop/kernel.ts";
import type { BufferPlace } from "../../compiler/plan/place.ts";
import { planFaults } from "../../compiler/plan/verify.ts";

const point = axisIndex("i");
const buffers = new Map<string, LoopBuffer>();
const named = (name: string): LoopBuffer => {
  if (!buffers.has(name)) buffers.set(name, { name, dtype: "f32", elementCount: 4 });
  return buffers.get(name)!;
};
const load = (name: string, index: Affine = point): Expr => ({ kind: "load", buffer: named(name), index });
const kernel = (buffer: string, value: Expr): Kernel => ({
  name: `to-${buffer}`,
  nest: { name: `to-${buffer}` },
  axes: [{ name: "i", extent: 4, scale: 1 }],
  stores: [{ buffer: named(buffer), index: point, value }],
});
const at = (name: string, byteOffset: number): BufferPlace => ({ buffer: named(name), byteOffset });

/** x is given, y is kept: a = x, b = `b`, y = b. */
const faults = (b: Expr, ...places: BufferPlace[]): string[] =>
  planFaults({
    kernels: [kernel("a", load("x")), kernel("b", b), kernel("y", load("b"))],
    places,
    given: new Set([named("x")]),
    kept: new Set([named("y")]),
  });
const [x, y] = [at("x", 0), at("y", 16)];

test("a good plan has none", () => {
  expect(faults(load("a"), x, y, at("a", 32), at("b", 48))).toEqual([]);
});

test("a value may take the place of the one read at its point, and at no other", () => {
  const mirrored = linear([point], [-1], 3);
  const summed: Expr = { kind: "reduce", reduce: "sum", axes: [], body: load("a") };
  expect(faults(load("a"), x, y, at("a", 32), at("b", 32))).toEqual([]);
  for (const value of [load("a", mirrored), summed]) {
    expect(faults(value, x, y, at("a", 32), at("b", 32))).toEqual(["a and b share bytes while both are alive"]);
  }
  expect(faults(load("a"), x, y, at("a", 32), at("b", 40))).toContain("a and b share bytes while both are alive");
});

test("the boxes of one nest take a value's place together; a sum in memory, which begins with zeros, takes none", () => {
  const two = axisIndex("j");
  const places = [x, y, at("a", 32), at("b", 32)];
  const given = { places, given: new Set([named("x")]), kept: new Set([named("y")]) };
  const [first, last] = [kernel("a", load("x")), kernel("y", load("b"))];
  const box = kernel("b", load("a"));
  const other = { ...box, name: "box.1", stores: [{ buffer: named("b"), index: two, value: load("a", two) }] };
  expect(planFaults({ ...given, kernels: [first, box, other, last] })).toEqual([]);
  const moved = { ...other, stores: [{ ...other.stores[0]!, value: load("a") }] };
  const adding = { ...box, stores: [{ ...box.stores[0]!, accumulates: true }] };
  for (const wrong of [moved, { ...other, nest: { name: "other" } }]) {
    const kernels = [first, box, wrong, last];
    expect(planFaults({ ...given, kernels })).toEqual(["a and b share bytes while both are alive"]);
  }
  expect(planFaults({ ...given, kernels: [first, adding, last] })).toEqual([
    "a and b share bytes while both are alive",
  ]);
});

test("a value takes the place of none with narrower elements, which it would write over before they are read", () => {
  const wide: LoopBuffer = { name: "wide", dtype: "f64", elementCount: 4 };
  const stores = [{ buffer: wide, index: point, value: load("a") }];
  const widened: Kernel = { ...kernel("b", load("a")), stores };
  const last = kernel("y", { kind: "load", buffer: wide, index: point });
  const places = [x, y, at("a", 32), { buffer: wide, byteOffset: 32 }];
  const kernels = [kernel("a", load("x")), widened, last];
  expect(planFaults({ kernels, places, given: new Set([named("x")]), kept: new Set([named("y")]) })).toEqual([
    "a and wide share bytes while both are alive",
  ]);
});

test("what is given or kept shares with nothing", () => {
  expect(faults(load("a"), x, y, at("a", 0), at("b", 32))).toEqual(["x and a share bytes while both are alive"]);
  expect(faults(load("a"), x, y, at("a", 16), at("b", 32))).toEqual(["y and a share bytes while both are alive"]);
});

test("nothing is read before it is written", () => {
  expect(faults(load("y"), x, y, at("a", 32), at("b", 48))).toEqual(["to-b reads y, which nothing wrote"]);
  expect(faults(load("b"), x, y, at("a", 32), at("b", 48))).toEqual(["to-b reads b, which nothing wrote"]);
});

test("every buffer is aligned, but for counters", () => {
  const labels = (elementCount: number): string[] => {
    const buffer: LoopBuffer = { name: "label", dtype: "i32", elementCount };
    return planFaults({ kernels: [], places: [{ buffer, byteOffset: 20 }], given: new Set([buffer]) });
  };
  expect(labels(1)).toEqual([]);
  expect(labels(4)).toEqual(["label at byte 20 is not aligned"]);
  expect(faults(load("a"), x, y, at("a", 40), at("b", 64))).toEqual(["a at byte 40 is not aligned"]);
});

test("what a loop hands from turn to turn lives through all of its turns, what it makes anew does not", () => {
  const repeats = [{ axis: "t", extent: 3, backwards: false }];
  const inLoop = (one: Kernel): Kernel => ({ ...one, nest: { ...one.nest, repeats } });
  // x starts h; each turn makes a of h, b of a, and h of b; y is the last h.
  const turns = [kernel("a", load("h")), kernel("b", load("a", linear([point], [-1], 3))), kernel("h", load("b"))];
  const kernels = [kernel("h", load("x")), ...turns.map(inLoop), kernel("y", load("h"))];
  const given = { kernels, given: new Set([named("x")]), kept: new Set([named("y")]) };
  const apart = [x, y, at("h", 32), at("a", 48), at("b", 64)];
  expect(planFaults({ ...given, places: apart })).toEqual([]);
  // z may not take the place of w at the point where it reads it: the next turn reads w again.
  const [first, ...others] = kernels as [Kernel, ...Kernel[]];
  const reading = { ...given, kernels: [first, kernel("w", load("x")), inLoop(kernel("z", load("w"))), ...others] };
  expect(planFaults({ ...reading, places: [...apart, at("w", 80), at("z", 96)] })).toEqual([]);
  expect(planFaults({ ...reading, places: [...apart, at("w", 80), at("z", 80)] })).toEqual([
    "w and z share bytes while both are alive",
  ]);
});
