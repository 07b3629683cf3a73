/** Masks are no numbers: what counts, adds up or drops them says so. */
import * as nabla from "nabla";
import { expect, test } from "vitest";
import { errors, inForward } from "./wrong-model.ts";

type Any = (...args: unknown[]) => never;
const loose = nabla as unknown as Record<string, Any>;
const mask = (x: unknown) => loose.greater!(x, 1);

test.each([
  ["sum", (x: unknown) => loose.sum!(mask(x), 0, { keep: true })],
  ["max", (x: unknown) => loose.max!(mask(x))],
  ["min", (x: unknown) => loose.min!(mask(x))],
  ["prod", (x: unknown) => loose.prod!(mask(x))],
  ["mean", (x: unknown) => loose.mean!(mask(x))],
  ["batchSum", (x: unknown) => loose.batchSum!(mask(x))],
  ["batchMean", (x: unknown) => loose.batchMean!(mask(x))],
  ["dropout", (x: unknown) => loose.dropout!(mask(x), 0.1)],
  ["a sum of labels", (x: unknown) => loose.sum!(loose.argmax!(loose.reshape!(x, [4, 1])))],
])("%s", (_, call) => {
  const message = inForward((x) => call(x));
  expect(message).toContain("type/dtype");
  expect(message).toContain("floats");
});

test("a loop along a mask", () => {
  const step = (h: unknown, v: unknown) => loose.where!(v, loose.add!(h, 1), h);
  expect(inForward((x) => (loose.scan!([], mask(x), step) as { each: never }).each)).toMatch(
    /type\/dtype[\s\S]*numbers or labels/,
  );
});

test("more classes than i32 has numbers", () => {
  expect(errors({ inputs: { x: nabla.classes(2 ** 31 + 10) } })).toContain("K from 1 to 2^31");
});
