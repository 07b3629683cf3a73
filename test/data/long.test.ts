/** Tables that would take minutes where a pattern goes back over what it has read: the time-out is the test. */
import { expect, test } from "vitest";
import { expandRange } from "../../compiler/data/columnMap.ts";
import { readCsv } from "../../compiler/data/csv.ts";
import { parseNumber } from "../../compiler/data/numbers.ts";
import type { Field } from "../../compiler/data/types.ts";
import { parseRequest } from "../../compiler/plugin/request.ts";

const size = 3_000_000;
const digits = "1".repeat(size);
const fields: Field[] = [
  { name: "x", kind: "input", dims: [], dtype: "float" },
  { name: "kind", kind: "target", dims: [], dtype: "int", classes: 3 },
];

test.each([
  ["digits and a letter", `x,kind\n${digits}a,1\n`],
  ["digits, a point and a letter", `x,kind\n${digits}.${digits}a,1\n`],
  ["an exponent", `x,kind\n1e${digits}a,1\n`],
  ["a header", `${digits}a,b,kind\n1,2,3\n`],
  ["a label", `x,kind\n1,${digits}\n`],
  ["lines in a cell", `x,kind\n"${"\n".repeat(size)}a",1\n`],
  ["carriage returns in a cell", `x,kind\n"${"\r".repeat(size)}a",1\n`],
  ["lines in a cell whose quote is not closed", `x,kind\n1,"${"a\n".repeat(size)}`],
  ["doubled quotes", `x,kind\n1,"${'""'.repeat(size)}\n`],
  ["blanks", `x,kind\n1${" ".repeat(size)}2,1\n`],
  ["a quote inside a cell", `x,kind\n1,${digits}"b\n`],
])("%s: refused in time, in few words", (_, text) => {
  const read = () => readCsv(new TextEncoder().encode(text), "t.csv", fields);
  expect(read).toThrow(expect.objectContaining({ name: "DataError" }));
  expect(read).toThrow(expect.objectContaining({ message: expect.toSatisfy((said: string) => said.length < 600) }));
});

test("numbers, ranges of columns and the parts of an import", () => {
  expect(parseNumber(`${digits}a`)).toBeNaN();
  expect(expandRange(`${digits}..${digits}a`, 4)).toBeUndefined();
  expect(expandRange(`${digits}.a.${digits}`, 4)).toBeUndefined();
  expect(expandRange("1..".repeat(size), 4)).toBeUndefined();
  expect(() => parseRequest(`/a.model.ts?trained&data=a.csv&epochs=1&accuracy=${digits}a`)).toThrow("accuracy");
});
