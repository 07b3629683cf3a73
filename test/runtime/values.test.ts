/** What stands for the numbers of an input, target, parameter or state, and what never does, however many there are of it. */
import { evaluate, type Given, load, type Net, type SavedState, train } from "nabla/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { openPlain } from "../../runtime/plain.ts";
import { linearModule, linearSignature } from "./linear.ts";

const module = new WebAssembly.Module(await linearModule());
const label = [2, 0];

/** Each has as many elements as two rows of four numbers, which is how such values passed. */
const eight = <T>(value: T): T[] => Array.from({ length: 8 }, () => value);
const sparse: number[] = [1, 2, 3, 4, 5, 6];
sparse[7] = 8;
const refused: [string, unknown][] = [
  ["rows as arrays", eight([1])],
  ["rows as typed arrays", eight(Float32Array.of(1))],
  ["rows as wide as they are many", [...eight(0).slice(2), [1, 2, 3, 4], [5, 6, 7, 8]]],
  ["one row among numbers", [1, 2, 3, 4, 5, 6, 7, [8]]],
  ["texts", eight("1")],
  ["one text, the last", [1, 2, 3, 4, 5, 6, 7, "8"]],
  ["a text", "12345678"],
  ["undefined", eight(undefined)],
  ["null", [1, 2, 3, 4, 5, 6, 7, null]],
  ["a hole", sparse],
  ["only holes", new Array(8)],
  ["booleans", eight(true)],
  ["dates", eight(new Date(0))],
  ["boxed numbers", eight(Object(1))],
  ["objects", eight({ valueOf: () => 1 })],
  ["an array-like of texts", { ...eight("1"), length: 8 }],
  ["a DataView", new DataView(new ArrayBuffer(8))],
  ["an ArrayBuffer", new ArrayBuffer(8)],
  ["a set", new Set([1, 2, 3, 4, 5, 6, 7, 8])],
  ["an iterator", [1, 2, 3, 4, 5, 6, 7, 8].values()],
  ["a function", (_1: 1, _2: 2, _3: 3, _4: 4, _5: 5, _6: 6, _7: 7, _8: 8) => 0],
];

const openings: [string, () => Promise<Net>][] = [
  ["load", () => load(module)],
  ["openPlain", async () => openPlain(linearSignature(), (await WebAssembly.instantiate(module)).exports as never)],
];

describe.each(openings)("%s", (_, open) => {
  let net: Net;
  let state: () => string;
  beforeEach(async () => {
    net = await open();
    state = () => JSON.stringify(net.save());
  });

  describe.each(refused)("%s", (_name, values) => {
    const inputs = { x: values } as Given;
    const fault = /^(input|target|parameter|optimizer) ".+": expected |^n: expected /;

    test("is no input, no target and no rows to train with", async () => {
      const before = state();
      expect(() => net.infer(inputs)).toThrow(fault);
      expect(() => net.infer(inputs, 2)).toThrow(fault);
      expect(() => net.step(inputs, { label })).toThrow(fault);
      expect(() => net.evaluate(inputs, { label })).toThrow(fault);
      await expect(train(net, { inputs, targets: { label } }, { epochs: 1, seed: 1 })).rejects.toThrow(fault);
      await expect(evaluate(net, { inputs, targets: { label } })).rejects.toThrow(fault);
      const x = Array.from({ length: 32 }, (_, i) => i);
      expect(() => net.step({ x }, { label: values } as never)).toThrow(fault);
      expect(state()).toBe(before);
    });

    test("is no parameter and no state", () => {
      const before = state();
      const some =
        (values as ArrayLike<number>).length === 8 ? Array.from(values as ArrayLike<number>).slice(-3) : values;
      expect(() => Object.assign(net.parameters, { "out.bias": some })).toThrow(fault);
      expect(() => Object.assign(net.optimizer, { "out.bias.velocity": some })).toThrow(fault);
      const saved = net.save();
      const tensors = { ...saved.tensors, "out.bias": some } as SavedState["tensors"];
      expect(() => net.restore({ ...saved, tensors })).toThrow(fault);
      expect(state()).toBe(before);
    });
  });
});

describe("what is taken", () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  test.each<[string, Given[string]]>([
    ["an array", numbers],
    ["float64", Float64Array.from(numbers)],
    ["bytes", Uint8Array.from(numbers)],
    ["int16", Int16Array.from(numbers)],
    ["an array-like", { ...numbers, length: 8 }],
    ["bigints", numbers.map(BigInt)],
    ["big int64", BigInt64Array.from(numbers.map(BigInt))],
  ])("%s", async (_, x) => {
    const net = await load(module);
    expect(net.infer({ x })).toEqual(net.infer({ x: Float32Array.from(numbers) }));
  });

  test("NaN and infinities, which are numbers", async () => {
    const net = await load(module);
    expect(net.infer({ x: [Number.NaN, 0, 0, 0] }).y).toEqual(Float32Array.of(Number.NaN, Number.NaN, Number.NaN));
  });

  test("bigints for labels, in step, evaluate and the driver", async () => {
    const [net, same] = [await load(module), await load(module)];
    for (const bigints of [[2n, 0n], BigInt64Array.of(2n, 0n), BigUint64Array.of(2n, 0n)]) {
      expect(net.step({ x: numbers }, { label: bigints })).toBe(same.step({ x: numbers }, { label }));
      expect(net.evaluate({ x: numbers }, { label: bigints })).toEqual(same.evaluate({ x: numbers }, { label }));
    }
    const data = { inputs: { x: numbers }, targets: { label: BigInt64Array.of(2n, 0n) } };
    await train(net, data, { epochs: 3, seed: 1 });
    await train(same, { inputs: { x: numbers }, targets: { label } }, { epochs: 3, seed: 1 });
    expect(net.save()).toEqual(same.save());
    expect((await evaluate(net, data)).accuracy).toBe((await evaluate(same, { ...data, targets: { label } })).accuracy);
  });

  test.each([3n, -1n, 2n ** 32n, 2n ** 64n - 1n, -(2n ** 63n)])("the label %s is out of range", async (big) => {
    const net = await load(module);
    const said = 'target "label", row 1: expected an integer from 0 to 2, got ';
    expect(() => net.step({ x: numbers }, { label: [0n, big] })).toThrow(said);
    await expect(
      train(net, { inputs: { x: numbers }, targets: { label: [0n, big] } }, { epochs: 1, seed: 1 }),
    ).rejects.toThrow(said);
  });
});
