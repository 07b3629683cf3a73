/** The text of --map, and the ranges in it. */
import { expect, test } from "vitest";
import { expandRange, mergeColumnMaps, parseColumnMap } from "../../compiler/data/columnMap.ts";
import { nearest } from "../../runtime/nearest.ts";

test("column map: a comma goes on with the field until the next =", () => {
  expect({ ...parseColumnMap("pixels=p0..p783,digit=label") }).toEqual({ pixels: ["p0..p783"], digit: ["label"] });
  expect({ ...parseColumnMap(" m = a , b ,kind=k=1") }).toEqual({ m: ["a", "b"], kind: ["k=1"] });
  expect(Object.entries(parseColumnMap("__proto__=a"))).toEqual([["__proto__", ["a"]]]);
});

test("column map: a name that holds a comma or an = stands in quotes", () => {
  const parsed = (text: string) => ({ ...parseColumnMap(text) });
  expect(parsed('m="a,b", "c=d" ,e,kind="say ""hi"""')).toEqual({ m: ["a,b", "c=d", "e"], kind: ['say "hi"'] });
  expect(parsed('m= "p0..p3",a"b"c,d"')).toEqual({ m: ["p0..p3", 'a"b"c', 'd"'] });
  expect(parsed('m="a"",b",c')).toEqual({ m: ['a",b', "c"] });
  expect(() => parsed('m=a,"b,kind=k')).toThrow("a quote that closes");
  expect(parsed(`m=${'a"'.repeat(100_000)}`).m).toHaveLength(1);
});

test("column maps are joined, each field once", () => {
  const merged = mergeColumnMaps(parseColumnMap("m=a,b"), parseColumnMap("kind=k"));
  expect({ ...merged }).toEqual({ m: ["a", "b"], kind: ["k"] });
  expect(() => mergeColumnMaps(parseColumnMap("m=a"), parseColumnMap("m=b"))).toThrow("data/map");
});

test.each(["", "a", "a,b=c", "=a", "a=", "a=b,", "a=b,a=c"])("column map: %j is refused", (text) => {
  expect(() => parseColumnMap(text)).toThrow("data/map");
});

test.each([
  ["p0..p3", ["p0", "p1", "p2", "p3"]],
  ["p[9]..p[11]", ["p[9]", "p[10]", "p[11]"]],
  ["p08..p10", ["p08", "p09", "p10"]],
  ["x1y0..x1y1", undefined],
  ["3..5", ["3", "4", "5"]],
  ["p3..p0", undefined],
  ["p0..q3", undefined],
  ["p0", undefined],
  ["p0..p99999999999999999999", undefined],
  ["p0..p999999999", ["p0", "p1", "p2", "p3", "p4", "p5"]],
])("range %s", (text, names) => {
  expect(expandRange(text, 5)).toEqual(names);
});

test("nearest: a slip of the keyboard, not another word", () => {
  const names = ["petal_width", "petal_length", "species"];
  expect(nearest("petal_widht", names)).toBe("petal_width");
  expect(nearest("Species", names)).toBe("species");
  expect(nearest("label", names)).toBeUndefined();
  expect(nearest("x", ["y", "z"])).toBeUndefined();
});
