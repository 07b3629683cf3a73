/** Loads and stores at places that memory names: every address is the interpreter's, whatever loops are around. */
import { describe, expect, test } from "vitest";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { compiled, executed, f32, i32, instantiate, interpreted, labels, planOf } from "./support.ts";

const batch = 5;
const buffers = {
  label: labels([2, 0, 3, 3, 1], 4),
  other: labels([1, 1, 0, 2, 3], 4),
  pair: labels([1, 2, 0, 2, 2, 1, 1, 0, 2, 2], 3),
  table: f32(Array.from({ length: 24 }, (_, i) => 1 + i / 3)),
  x: f32(Array.from({ length: 30 }, (_, i) => Math.sin(i))),
  y: f32(new Array(30).fill(7)),
};

const nests = {
  "the label of a row, read once for its columns": `
    for i in 0..n step 1
      for j in 0..4 step 4
        store y[6*i + j] = load table[6*label[i] + j]
      for j in 4..6 step 2
        store y[6*i + j]:2 = mul(load table[6*label[i] + j]:2, splat table[label[i]])`,
  "rows of a table from its end": `
    for i in 0..n step 1
      store y[6*i] = load table[-6*label[i] + 18]`,
  "a label for each step of the innermost loop": `
    for i in 0..n step 1
      let acc = 0
      for j in 0..2 step 1
        set acc = add(acc, load table[8*pair[2*i + j] + 4])
      store y[6*i] = acc`,
  "several rows in one tile, loads that stay put in the inner loop": `
    for i in 0..down(n, 2) step 2
      for j in 0..6 step 1
        let a = mul(splat table[6*label[i] + j], splat table[6*label[i + 1]])
        store y[6*i + j]:1 = add(a, load table[6*label[i + 1] + j]:1)`,
  "a label that no loop changes, and a loop that runs once": `
    for i in 0..1 step 1
      for j in 0..4 step 4
        store y[j] = add(load table[6*label[0] + j], load table[6*label[i] + j + 2])`,
  "elements apart, from a place that a label names": `
    for i in 0..n step 1
      store y[6*i]:3 = gather table[pair[2*i + 1] by 5]:3`,
  "two labels of a row, each from memory of its own": `
    for i in 0..n step 1
      store y[6*i] = sub(load table[6*label[i]], load table[6*other[i]])`,
  "sums where labels meet, in the order of the rows": `
    for i in 0..n step 1
      for j in 0..3 step 3
        store y[3*label[i] + j]:3 = add(load y[3*label[i] + j]:3, load x[6*i + j]:3)`,
};

describe.each(Object.entries(nests))("%s", (_title, text) => {
  test.each([1, 2, 3, 4, 5])("%i rows", async (rows) => {
    const fn = `func f f32${text.replaceAll("\n    ", "\n  ")}`;
    expect(await executed(fn, buffers, rows, true, batch)).toEqual(interpreted(fn, buffers, rows, batch));
  });
});

const text = "func f f32\n  for i in 0..n step 1\n    store y[6*i] = load table[6*label[i]]";

test("a label out of range is refused before anything is written; rows that are not given are not looked at", async () => {
  const wrong = { ...buffers, label: labels([2, 0, 4, 3, -1], 4) };
  const plan = planOf(text, wrong, batch);
  const instance = instantiate(await compiled(plan), plan, wrong);
  expect(instance.call("f", 3)).toBe(2);
  expect(instance.elements("y")).toEqual(buffers.y.values);
  expect(instance.call("f", 2)).toBe(0);
});

test("of several labels a row each is looked at", async () => {
  const several = text.replace("label[i]", "pair[2*i]");
  const wrong = { ...buffers, pair: labels([1, 2, 0, 2, 2, 3, 1, 0, 2, 2], 3) };
  const plan = planOf(several, wrong, batch);
  const instance = instantiate(await compiled(plan), plan, wrong);
  expect(instance.call("f", 3)).toBe(2);
  expect(instance.elements("y")).toEqual(buffers.y.values);
  expect(instance.call("f", 2)).toBe(0);
});

test("an entry that does not check the labels of its kernels is refused", async () => {
  const plan = planOf(text, buffers, batch);
  const [entry] = plan.entries;
  const [check] = entry!.checks;
  const withChecks = (...checks: readonly (typeof check)[]) =>
    emitModule({ ...plan, entries: [{ ...entry!, checks: checks.map((one) => one!) }] });
  await expect(withChecks()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[InternalError: internal: entry f does not check that label is below 4, on which a kernel relies]`,
  );
  await expect(withChecks({ ...check!, classes: 5 })).rejects.toThrow("does not check that label is below 4");
  await expect(withChecks({ ...check!, classes: 3 })).resolves.toBeDefined();
  const unknown = planOf(text, { ...buffers, label: i32(buffers.label.values) }, batch);
  await expect(emitModule(unknown)).rejects.toThrow("nothing says below what the numbers in label are");
});

test("labels that a kernel stores are read without a check, but only behind it", async () => {
  const made = {
    ...buffers,
    found: { ...i32(new Array(buffers.label.values.length).fill(0)), below: 4 },
  };
  const find =
    "func find f32\n  for i in 0..n step 1\n    store found[i]:1 = i32.select(i32.lt(splat label[i], int(2)), iota[3 by 0], int(1))";
  const read = text.replace("func f ", "func read ").replaceAll("label[", "found[");
  const plan = planOf(`${find}\n${read}`, made, batch);
  const [entry] = plan.entries;
  const unchecked = { ...entry!, checks: [] };
  const [first, second] = plan.kernels;
  await expect(emitModule({ ...plan, entries: [unchecked] })).resolves.toBeDefined();
  const early = { ...plan, entries: [{ ...unchecked, kernels: [second!, first!] }] };
  await expect(emitModule(early)).rejects.toThrow("does not check that found is below 4");
});
