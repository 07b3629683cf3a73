/** CSV text -> fields, and the refusal of every kind of bad table, with its place in the file. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv } from "../../compiler/data/csv.ts";
import { DataError } from "../../compiler/data/errors.ts";
import type { ColumnMap, Field, FileData } from "../../compiler/data/types.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const input = (name: string, dims: number[] = []): Field => ({ name, kind: "input", dims, dtype: "float" });
const label = (name: string, classes: number, more: Partial<Field> = {}): Field => {
  return { name, kind: "target", dims: [], classes, dtype: "int", ...more };
};

const read = (text: string, fields: Field[], map: ColumnMap = {}): FileData =>
  readCsv(utf8(text), "t.csv", fields, map);
const values = (data: FileData, name: string) => [...data.fields.get(name)!.data];

function refusal(text: string, fields: Field[], map: ColumnMap = {}): DataError {
  try {
    read(text, fields, map);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error("was read, not refused");
}

const iris = "sl,sw,pl,pw,species\n5.1,3.5,1.4,0.2,setosa\n6.2,3.4,5.4,2.3,virginica\n5.0,3.3,1.4,0.2,setosa\n";

describe("csv: which columns feed a field", () => {
  test("the columns left feed the one input that has none", () => {
    const data = read(iris, [input("measurements", [4]), label("species", 3)]);
    expect(data.rows).toBe(3);
    expect(values(data, "measurements")).toEqual([5.1, 3.5, 1.4, 0.2, 6.2, 3.4, 5.4, 2.3, 5.0, 3.3, 1.4, 0.2]);
    expect(data.fields.get("measurements")!.columns).toEqual(["sl", "sw", "pl", "pw"]);
    expect(data.fields.get("measurements")!.data).toBeInstanceOf(Float64Array);
  });

  test.each(["x0,x1", "x_0,x_1", "x.0,x.1", "x[0],x[1]", "x1,x2", "x_1,x_2"])("numbered columns: %s", (header) => {
    const [a, b] = header.split(",");
    expect(values(read(`${b},other,${a}\n2,9,1\n4,9,3\n`, [input("x", [2])]), "x")).toEqual([1, 2, 3, 4]);
  });

  test("a map: a range, a list, one name, a family", () => {
    const text = "p0,p1,p2,kind,h\n1,2,3,1,7\n";
    expect(values(read(text, [input("x", [3])], { x: "p0..p2" }), "x")).toEqual([1, 2, 3]);
    expect(values(read(text, [input("x", [2])], { x: ["p2", "p0"] }), "x")).toEqual([3, 1]);
    expect(values(read(text, [input("x", [3])], { x: ["h", "p1..p2"] }), "x")).toEqual([7, 2, 3]);
    expect(values(read(text, [label("digit", 2)], { digit: "kind" }), "digit")).toEqual([1]);
    expect(values(read(text, [input("x", [3])], { x: "p" }), "x")).toEqual([1, 2, 3]);
  });

  test("one column may feed two fields", () => {
    const data = read("x\n3\n", [input("x"), { ...input("copy"), kind: "target" }], { copy: "x" });
    expect(values(data, "copy")).toEqual([3]);
  });

  test("an optional field without a column is left out", () => {
    const data = read("a,b\n1,2\n", [input("m", [2]), label("species", 3, { optional: true })]);
    expect([...data.fields.keys()]).toEqual(["m"]);
  });

  test("names with a meaning in JavaScript are names like others", () => {
    const data = read("__proto__,constructor\n1,2\n", [input("__proto__"), input("constructor")]);
    expect([values(data, "__proto__"), values(data, "constructor")]).toEqual([[1], [2]]);
    expect(refusal("a,b\n1,2\n", [input("toString"), input("x")]).code).toBe("data/missing-column");
  });

  test.each([
    ["p0,p1\n1,2\n", { x: "p0..p2" }, "data/missing-column", "p2"],
    ["p0,p1\n1,2\n", { x: ["p0", "p1"] }, "data/column-count", undefined],
    ["p0,p1\n1,2\n", { x: "p0..p999999999" }, "data/missing-column", "p2"],
    ["p0,p1,p2\n1,2,3\n", { x: ["p0", "p1", "p0"] }, "data/column-count", undefined],
    ["x0,x1,x2,x3\n1,2,3,4\n", {}, "data/column-count", undefined],
    ["x0,x1,y\n1,2,3\n", {}, "data/missing-column", "x2"],
    ["a,b\n1,2\n", {}, "data/missing-column", "x"],
  ])("refused: %j with the map %j", (text, map, code, column) => {
    expect(refusal(text, [input("x", [3])], map as ColumnMap)).toMatchObject({ code, column, row: 1 });
  });
});

test("csv: columns that are left do not become a target", () => {
  const error = refusal("a,b\n1,2\n", [input("a"), label("kind", 3)]);
  expect(error).toMatchObject({ code: "data/missing-column", column: "kind" });
});

describe("csv: labels", () => {
  test("names are numbered alphabetically, whatever the order of the rows", () => {
    const data = read(iris, [label("species", 3)]);
    expect(data.fields.get("species")).toMatchObject({ dictionary: ["setosa", "virginica"] });
    expect(values(data, "species")).toEqual([0, 1, 0]);
    expect(values(read("s\nc\na\nb\na\n", [label("s", 3)]), "s")).toEqual([2, 0, 1, 0]);
  });

  test("a dictionary from an earlier run keeps its numbers", () => {
    const dictionary = ["virginica", "setosa", "versicolor"];
    const data = read(iris, [label("species", 3, { dictionary })]);
    expect(values(data, "species")).toEqual([1, 0, 1]);
    const error = refusal("species\nsetosa\nvirginca\n", [label("species", 3, { dictionary })]);
    expect(error).toMatchObject({ code: "data/unknown-class", row: 3, hint: 'Did you mean "virginica"?' });
  });

  test("integers stay", () => {
    const data = read("d\n2\n0\n+1\n2.0\n", [label("d", 3)]);
    expect(data.fields.get("d")).toEqual({ data: Int32Array.of(2, 0, 1, 2), dims: [], columns: ["d"] });
  });

  test.each([
    ["d\n0\n3\n", "data/label-range", 3, "an integer in 0..2", '"3"'],
    ["d\n-1\n", "data/label-range", 2, "an integer in 0..2", '"-1"'],
    ["d\n0\n1.5\n", "data/not-an-integer", 3, "an integer in 0..2", '"1.5"'],
    ["d\n0\ncat\n", "data/not-a-number", 3, "an integer in 0..2", '"cat"'],
    ["d\n0\nNaN\n", "data/not-a-number", 3, "an integer in 0..2", '"NaN"'],
    ["d\nNaN\n", "data/not-a-number", 2, "an integer in 0..2", '"NaN"'],
    ["d,e\n,1\n", "data/not-a-number", 2, "an integer in 0..2", "an empty cell"],
    ["d,e\ncat,1\n,1\n", "data/not-a-name", 3, "the name of a class, as in the rows above", "an empty cell"],
    ["d\ncat\n2\n", "data/not-a-name", 3, "the name of a class, as in the rows above", '"2"'],
    [
      "d\na\nb\nc\na\nd\n",
      "data/too-many-classes",
      6,
      "at most 3 names, since d is classes(3)",
      '"d" besides "a", "b", "c"',
    ],
  ])("refused: %j", (text, code, row, expected, got) => {
    expect(refusal(text, [label("d", 3)])).toMatchObject({ code, row, column: "d", expected, got });
  });

  test("an int field that has no classes takes 32-bit integers", () => {
    const field: Field = { name: "n", kind: "input", dims: [], dtype: "int" };
    expect(values(read("n\n-2147483648\n2147483647\n", [field]), "n")).toEqual([-2147483648, 2147483647]);
    expect(refusal("n\n2147483648\n", [field]).code).toBe("data/label-range");
    expect(refusal("n\ncat\n", [field]).code).toBe("data/not-a-number");
  });
});

describe("csv: refused tables", () => {
  test.each(["", "NaN", "abc", "inf", "-Infinity", "1e999", "0x10", "1,5", "1_000", "--1", "1e", "."])(
    "%j is no number",
    (cell) => {
      const error = refusal(`a,b\n1,2\n3,"${cell}"\n`, [input("a"), input("b")]);
      expect(error).toMatchObject({ code: "data/not-a-number", file: "t.csv", row: 3, column: "b" });
    },
  );

  test.each([
    ["", "data/empty-file", undefined],
    ["\n1\n", "data/no-header", 1],
    ["x\n", "data/empty-file", undefined],
    ["x,y\n1,2\n3\n", "data/ragged-row", 3],
    ["x,y\n1,2,3\n", "data/ragged-row", 2],
    ["x,y\n1,2\n\n3,4\n", "data/ragged-row", 3],
    ["x\n1\n\n3\n", "data/ragged-row", 3],
    ["x,y,x\n1,2,3\n", "data/duplicate-column", 1],
    ["5.1,x,1.4\n1,2,3\n", "data/no-header", 1],
    ['x,y\n1,"2\n', "data/syntax", 2],
    ['x,y\n1,2\n1,"2"3\n', "data/syntax", 3],
    ['x,y\n1,2"3\n', "data/syntax", 2],
  ])("%j", (text, code, row) => {
    expect(refusal(text, [input("x")])).toMatchObject({ code, row });
  });

  test("the lines of quoted cells count", () => {
    expect(refusal('x,y\n"a\nb",1\n1,abc\n', [input("y")])).toMatchObject({ row: 4 });
    expect(refusal('x,y\n1,2\n"\n",1\n', [input("x")])).toMatchObject({ row: 3 });
  });

  test("the lines of quoted cells count, however they end", () => {
    expect(refusal('x,y\r\n"a\r\nb",1\r\n1,abc\r\n', [input("y")])).toMatchObject({ row: 4 });
    expect(refusal('x,y\r"a\r\rb",1\r1,abc\r', [input("y")])).toMatchObject({ row: 5 });
  });

  const rows = (count: number) => "1,2\n".repeat(count);
  test.each([
    [`x,y\n${rows(4)}1,"2\n${rows(144)}`, 6, "a closing quote, got none up to the end of the file", '1,"2', '  "'],
    [`x,y\n1,"2"\n1, "2""\n${rows(3)}`, 3, "a closing quote, got none", '1, "2""', '   "'],
    [`x,"y\n${rows(3)}`, 1, "a closing quote, got none", 'x,"y', '  "'],
    [`note,x,y\n"1\n2",3,4\n"4\n6","7\n8`, 5, "a closing quote, got none", '6","7', '   "'],
    [
      `x,y\n1,"2\n${rows(3)}1,"a"\n`,
      2,
      'got       "a\\"" in line 6, where the cell ends that this quote',
      '1,"2',
      '  "',
    ],
    ['x,y\n1,"2"3\n', 2, 'closing quote, got "3"\n', '1,"2"3', '  "'],
    ['x,y\r\n1,2\r\n1,2"3\r\n', 3, "quotes around a whole cell only, got a quote inside it", '1,2"3', '   "'],
  ])("a quote is reported where it stands: %j", (text, row, words, line, mark) => {
    const { message, ...fault } = refusal(text, [input("x"), input("y")]);
    expect(fault).toMatchObject({ code: "data/syntax", row });
    expect(message).toContain(words);
    expect(message).toContain(`  ${row} | ${line}\n    | ${mark.replace('"', "^")}\n`);
  });

  test("bytes that are not UTF-8", () => {
    const bytes = Uint8Array.of(0x78, 0x0a, 0xe4, 0x0a);
    expect(() => readCsv(bytes, "t.csv", [input("x")])).toThrow("data/encoding");
  });
});

describe("csv: what a table may look like", () => {
  test.each([
    "x,y\r\n1,2\r\n3,4\r\n",
    "x,y\r1,2\r3,4\r",
    "x,y\n1,2\n3,4",
    "x,y\n1,2\n3,4\n\n",
    "\ufeffx,y\n1,2\n3,4\n",
    ' x , y \n 1 , "2" \n 3 , 4 \n',
    'y,"x"\n2,1\n4,"3"\n',
    "note,x,y\n,1,2\n,3,4\n",
  ])("%j", (text) => {
    const data = read(text, [input("x"), input("y")]);
    expect([values(data, "x"), values(data, "y")]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  test("UTF-16 with its mark, tabs in a .tsv, names that are 0, 1, 2", () => {
    const wide = new Uint8Array(Buffer.from("\ufeffx,ä\n1,2\n", "utf16le"));
    expect([...readCsv(wide, "t.csv", [input("ä")]).fields.get("ä")!.data]).toEqual([2]);
    expect(readCsv(utf8("x\ty\n1\t2\n"), "t.tsv.gz", [input("y")]).rows).toBe(1);
    expect(values(read("0,1,2\n7,8,9\n", [input("x", [3])]), "x")).toEqual([7, 8, 9]);
  });
});

test("csv: numbers come back to the bit", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1 }), (rows) => {
      const text = `a,b\n${rows.map(([a, b]) => `${printed(a)},"${printed(b)}"`).join("\n")}`;
      const data = read(text, [input("a"), input("b")]);
      expect(values(data, "a")).toEqual(rows.map(([a]) => a));
      expect(values(data, "b")).toEqual(rows.map(([, b]) => b));
    }),
  );
});

const printed = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

test("csv: the messages", () => {
  const fields = [input("petal_width"), label("species", 2)];
  const text = "sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,abc,setosa\n";
  expect(refusal(text, fields).message).toMatchInlineSnapshot(`
    "t.csv:2 data/not-a-number
      column "petal_width": expected a finite number, got "abc"
      2 | 5.1,3.5,1.4,abc,setosa
        |             ^^^"
  `);
  const wide = `${Array.from({ length: 784 }, (_, i) => `p${i}`)}\n${Array.from({ length: 784 }, (_, i) => (i === 400 ? "?" : 255))}\n`;
  expect(refusal(wide, [input("pixels", [784])]).message).toMatchInlineSnapshot(`
    "t.csv:2 data/not-a-number
      column "p400": expected a finite number, got "?"
      2 | ...255,255,255,255,255,255,255,255,255,255,?,255,255,255,255,255,255,255,255,255,255...
        |                                            ^"
  `);
  expect(refusal(text, [input("petal_widht"), label("kind", 2)]).message).toMatchInlineSnapshot(`
    "t.csv:1 data/missing-column
      expected  a column "kind" for target kind: []
      got       columns "sepal_length", "sepal_width", "petal_length", "petal_width", "species" (5 not used otherwise)
      Name the columns with --map kind=..."
  `);
  expect(refusal(text, [input("x")], { x: "petal_widht" }).message).toMatchInlineSnapshot(`
    "t.csv:1 data/missing-column
      expected  a column "petal_widht" for input x: []
      got       columns "sepal_length", "sepal_width", "petal_length", "petal_width", "species"
      Did you mean "petal_width"?"
  `);
  expect(refusal("x,y\n1,2\n\n3,4\n", [input("x")]).message).toMatchInlineSnapshot(`
    "t.csv:3 data/ragged-row
      expected 2 cells, as in the header, got a blank line
      3 |
        | ^"
  `);
  expect(refusal("x,y\n1,2,3\n", [input("x")]).message).toMatchInlineSnapshot(`
    "t.csv:2 data/ragged-row
      expected 2 cells, as in the header, got 3
      2 | 1,2,3
        |     ^
      A cell that holds a comma must stand in double quotes."
  `);
  expect(refusal('x,y\n"a\tb",\n', [input("y")]).message).toMatchInlineSnapshot(`
    "t.csv:2 data/not-a-number
      column "y": expected a finite number, got an empty cell
      2 | "a b",
        |       ^"
  `);
  expect(refusal('x,y\n"a, ""b"", c",  "?" \n', [input("y")]).message).toMatchInlineSnapshot(`
    "t.csv:2 data/not-a-number
      column "y": expected a finite number, got "?"
      2 | "a, ""b"", c",  "?"
        |                 ^^^"
  `);
  expect(refusal("x;y\n1;2\n", [input("x")]).message).toMatchInlineSnapshot(`
    "t.csv:1 data/separator
      expected commas between the cells, or tabs in a .tsv file, got a line without one
      1 | x;y
        | ^^^
      Save the table with commas."
  `);
});
