/** The columns of an earlier run, found by their names; numbers that the module's element type cannot hold. */
import { describe, expect, test } from "vitest";
import { compactNames, expandNames } from "../../compiler/data/columnMap.ts";
import { assignColumns } from "../../compiler/data/columns.ts";
import { readCsv } from "../../compiler/data/csv.ts";
import { tensorToField } from "../../compiler/data/tensor.ts";
import type { Field } from "../../compiler/data/types.ts";

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  kind: "input",
  dims: [],
  dtype: "float",
  ...more,
});
const size = field("size", { dims: [2], columns: ["width", "height"] });
const assigned = (header: string, fields: readonly Field[], map = {}) => [
  ...assignColumns("t.csv", header.split(","), fields, map).values(),
];

describe("columns of an earlier run", () => {
  test("are taken by name, in any order and among others", () => {
    expect(assigned("height,id,width,more", [size])).toEqual([[2, 0]]);
    expect(assigned("depth,height,width", [size, field("depth")])).toEqual([[2, 1], [0]]);
  });

  test("the map comes before them, the input's own name after them", () => {
    expect(assigned("height,width,a,b", [size], { size: ["b", "a"] })).toEqual([[3, 2]]);
    expect(assigned("size0,height,width,size1", [size])).toEqual([[2, 1]]);
    expect(assigned("size1,size0", [size])).toEqual([[1, 0]]);
  });

  test("are not replaced by what is left", () => {
    expect(() => assigned("height,widht", [size])).toThrowErrorMatchingInlineSnapshot(`
      [DataError: t.csv:1 data/missing-column
        expected the columns that input size: [2] was trained with: "width", "height", got columns "height", "widht"
        Did you mean "widht"? Rename them, or name the columns with --map size=...]
    `);
    expect(() => assigned("cls,height,width", [size, field("kind", { kind: "target", columns: ["class"] })])).toThrow(
      'expected the columns that target kind: [] was trained with: "class"',
    );
  });
});

test("many numbered names are one range, and back", () => {
  const names = Array.from({ length: 784 }, (_, i) => `p${i}`);
  expect(compactNames(names)).toEqual(["p0..p783"]);
  expect(expandNames(["p0..p783"])).toEqual(names);
  const odd = names.toReversed();
  expect(compactNames(odd)).toEqual(odd);
  expect(compactNames(["a1", "a2", "a3", "a4"])).toEqual(["a1", "a2", "a3", "a4"]);
});

describe("beyond the element type", () => {
  const read = (cell: string, element: "f32" | "f64") =>
    readCsv(new TextEncoder().encode(`x\n1\n${cell}\n`), "t.csv", [field("x", { element })]).fields.get("x")!.data;

  test("a cell of a CSV, with its line and column", () => {
    expect(() => read("-1e39", "f32")).toThrowErrorMatchingInlineSnapshot(`
      [DataError: t.csv:3 data/range
        column "x": expected a number that f32 holds: at most 3.4028235e38 in magnitude, got "-1e39"
        3 | -1e39
          | ^^^^^
        Scale the column, or train and build with --dtype f64.]
    `);
    expect([...read("-1e39", "f64")]).toEqual([1, -1e39]);
    // The largest f32, and what rounds to it.
    expect([...read("3.40282356e38", "f32")]).toEqual([1, 3.40282356e38]);
    expect(() => read("3.4028236e38", "f32")).toThrow("t.csv:3 data/range");
    expect(() => read("1e309", "f64")).toThrow("t.csv:3 data/not-a-number");
  });

  test("an element of an array, with its index", () => {
    const dims = [2, 2];
    const fed = field("x", { dims: [2], element: "f32" });
    expect(() => tensorToField("x.npy", { dims, data: Float64Array.of(1, 2, 1e39, 4) }, fed)).toThrow(
      "x.npy[1, 0] data/range",
    );
    const wide = { ...fed, element: "f64" as const };
    expect(tensorToField("x.npy", { dims, data: Float64Array.of(1, 2, 1e39, 4) }, wide).rows).toBe(2);
  });
});
