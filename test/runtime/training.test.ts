/** Steps, evaluation, states: the training half of the loader on the hand-written module. */
import { load, type Net, type SavedState } from "nabla/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { HASH, linearModule, linearReference } from "./linear.ts";

const module = new WebAssembly.Module(await linearModule());
const x = [0.5, -1, 0.2, 0.25, 0.1, 0.3, -0.7, 1];
const label = [2, 0];
const call = [{ x }, { label }] as const;

let net: Net;
beforeEach(async () => {
  net = await load(module);
  net.init(3);
});

/** All that training changes, to compare. */
const state = () => JSON.stringify(net.save());

/** The loss of the rows above in float64. */
function reference(weight: ArrayLike<number>, bias: ArrayLike<number>): number {
  const rows = label.map((truth, r) =>
    linearReference(x.slice(r * 4, r * 4 + 4), weight, bias).reduce((sum, y, j) => sum + (y - +(j === truth)) ** 2, 0),
  );
  return rows.reduce((a, b) => a + b) / (2 * rows.length);
}

test("load draws the initial parameters from the seed in the module, as init does", async () => {
  const fresh = await load(module);
  const drawn = [...fresh.parameters["out.weight"]!];
  expect(drawn.some((value) => value !== 0)).toBe(true);
  fresh.init(0);
  expect([...fresh.parameters["out.weight"]!]).toEqual(drawn);
});

describe("step and evaluate", () => {
  test("evaluate gives the loss and the outputs, and changes nothing", () => {
    const before = state();
    const { "out.weight": weight, "out.bias": bias } = net.parameters;
    const { loss, y, ...rest } = net.evaluate(...call);
    expect(loss).toBeCloseTo(reference(weight!, bias!), 5);
    expect(y).toEqual(net.infer({ x }).y);
    expect(rest).toEqual({});
    expect(state()).toBe(before);
  });

  test("step gives the loss before it, moves the parameters, counts", () => {
    const before = net.evaluate(...call).loss;
    expect(net.step(...call)).toBe(before);
    expect(net.step(...call)).toBeLessThan(before);
    expect(net.save().step).toBe(2);
    expect(net.optimizer["out.bias.velocity"]!.every((v) => v !== 0)).toBe(true);
  });

  test("init starts over, from the seed given", () => {
    const fresh = state();
    net.step(...call);
    net.init(3);
    expect(state()).toBe(fresh);
    net.init(4294967295);
    expect(net.save().seed).toBe(4294967295);
  });

  const refusals: [string, (net: Net) => unknown, Error][] = [
    [
      "a label too large",
      (net) => net.step({ x }, { label: [2, 3] }),
      new RangeError('target "label", row 1: expected an integer from 0 to 2, got 3'),
    ],
    [
      "a negative label",
      (net) => net.evaluate({ x }, { label: Int32Array.of(-1, 0) }),
      new RangeError('target "label", row 0: expected an integer from 0 to 2, got -1'),
    ],
    [
      "a label that an i32 would cut to 0",
      (net) => net.step({ x }, { label: [0, 2 ** 32] }),
      new RangeError('target "label", row 1: expected an integer from 0 to 2, got 4294967296'),
    ],
    [
      "a label that an i32 would round",
      (net) => net.step({ x }, { label: [0.5, 0] }),
      new RangeError('target "label", row 0: expected an integer from 0 to 2, got 0.5'),
    ],
    ["no target", (net) => net.step({ x }, {}), new TypeError("targets: expected label, got ")],
    [
      "fewer labels than rows",
      (net) => net.step({ x }, { label: [1] }),
      new RangeError('target "label": expected 2 x 1 numbers, got 1'),
    ],
    [
      "more rows than the batch",
      (net) => net.step({ x: new Float32Array(36) }, { label: new Int32Array(9) }),
      new RangeError("n: expected an integer from 1 to 8, got 9"),
    ],
    ["a seed below 0", (net) => net.init(-1), new RangeError("seed: expected an integer from 0 to 4294967295, got -1")],
  ];
  test.each(refusals)("%s is refused and changes nothing", (_, run, error) => {
    const before = state();
    expect(() => run(net)).toThrow(error);
    expect(state()).toBe(before);
  });

  test("what the module itself refuses is an error, where signature and code disagree", async () => {
    const wrong = { name: "label", offset: 192, dims: [], dtype: "i32", classes: 9 } as const;
    const odd = await load(await linearModule({ change: { targets: [wrong] } }));
    expect(() => odd.step({ x }, { label: [5, 5] })).toThrow("status: expected an integer from 0 to 0, got 2");
  });
});

describe("parameters and optimizer", () => {
  test("are live views, by name", () => {
    expect(Object.keys(net.parameters)).toEqual(["out.weight", "out.bias"]);
    net.parameters["out.weight"]!.fill(0);
    net.parameters["out.bias"]![1] = 5;
    expect([...net.infer({ x }).y!]).toEqual([0, 5, 0, 0, 5, 0]);
  });

  test("an assignment copies, and keeps the view", () => {
    const view = net.parameters["out.bias"]!;
    const values = Float32Array.of(1, 2, 3);
    net.parameters["out.bias"] = values;
    values[0] = 9;
    expect(net.parameters["out.bias"]).toBe(view);
    expect([...view]).toEqual([1, 2, 3]);
  });

  test("a wrong length, or a name that there is not, is refused", () => {
    const wrong = () => {
      net.parameters["out.bias"] = Float32Array.of(1, 2);
    };
    expect(wrong).toThrow(new RangeError('parameter "out.bias": expected 1 x 3 numbers, got 2'));
    const misspelt = () => {
      net.parameters["out.bais"] = Float32Array.of(1, 2, 3);
    };
    expect(misspelt).toThrow(TypeError);
    expect(Object.getPrototypeOf(net.parameters)).toBe(null);
    expect(net.parameters.constructor).toBe(undefined);
  });
});

describe("save and restore", () => {
  test("a state is plain data of its own", () => {
    const saved = net.save();
    expect(saved).toEqual({
      format: 1,
      hash: HASH,
      step: 0,
      seed: 3,
      tensors: {
        "out.weight": expect.any(Float32Array),
        "out.bias": Float32Array.of(0, 0, 0),
        "out.bias.velocity": Float32Array.of(0, 0, 0),
      },
    });
    net.step(...call);
    expect([...saved.tensors["out.bias"]!]).toEqual([0, 0, 0]);
    expect(structuredClone(saved)).toEqual(saved);
  });

  test("going on after a restore gives the same bits as not stopping", async () => {
    for (let i = 0; i < 5; i++) net.step(...call);
    const saved = structuredClone(net.save());
    for (let i = 0; i < 5; i++) net.step(...call);
    const straight = net.save();

    net = await load(module);
    net.restore(saved);
    expect(net.save()).toEqual(saved);
    for (let i = 0; i < 5; i++) net.step(...call);
    expect(net.save()).toEqual(straight);
    expect(straight.step).toBe(10);
  });

  const without = ({ tensors, ...rest }: SavedState, name: string): SavedState => ({
    ...rest,
    tensors: Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name)),
  });
  const withTensor = (saved: SavedState, name: string, values: unknown): SavedState => ({
    ...saved,
    tensors: { ...saved.tensors, [name]: values as Float32Array },
  });
  const damages: [string, (saved: SavedState) => SavedState, string][] = [
    ["another graph", (s) => ({ ...s, hash: "00" }), `hash: expected ${HASH}, got 00`],
    ["another format", (s) => ({ ...s, format: 2 as 1 }), "format: expected an integer from 1 to 1, got 2"],
    [
      "a missing tensor",
      (s) => without(s, "out.bias"),
      "tensors: expected out.weight,out.bias,out.bias.velocity, got out.w",
    ],
    [
      "an extra tensor",
      (s) => withTensor(s, "more", [1]),
      "tensors: expected out.weight,out.bias,out.bias.velocity, got out.w",
    ],
    [
      "a wrong length",
      (s) => withTensor(s, "out.bias.velocity", [1]),
      'optimizer "out.bias.velocity": expected 1 x 3 numbers, got 1',
    ],
    ["no array", (s) => withTensor(s, "out.bias", 7), 'parameter "out.bias": expected 1 x 3 numbers, got 1'],
    ["rows", (s) => withTensor(s, "out.bias", [[1], [2], [3]]), 'parameter "out.bias": expected numbers, got 1'],
    ["text", (s) => withTensor(s, "out.bias", ["1", "2", "3"]), 'parameter "out.bias": expected numbers, got 1'],
    ["holes", (s) => withTensor(s, "out.bias", new Array(3)), 'parameter "out.bias": expected numbers, got undefined'],
    ["a step that is none", (s) => ({ ...s, step: 1.5 }), "step: expected an integer from 0 to 4294967295, got 1.5"],
    ["a seed that is none", (s) => ({ ...s, seed: -1 }), "seed: expected an integer from 0 to 4294967295, got -1"],
  ];
  test.each(damages)("a state of %s is refused before anything is written", (_, damage, message) => {
    net.step(...call);
    const saved = net.save();
    net.step(...call);
    const before = state();
    expect(() => net.restore(damage(saved))).toThrow(message);
    expect(state()).toBe(before);
  });
});
