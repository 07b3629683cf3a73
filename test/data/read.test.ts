/** The files a user names -> a dataset; on files in a temporary folder, on the iris table, and on MNIST where it is. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { readDataset } from "../../compiler/data/read.ts";
import type { Field } from "../../compiler/data/types.ts";
import { isMissing } from "../support/missing.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-data-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const pixels: Field = { name: "pixels", kind: "input", dims: [2], dtype: "float" };
const digit: Field = { name: "digit", kind: "target", dims: [], classes: 10, dtype: "int" };

const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 255);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);

const message = (request: Promise<unknown>) =>
  request.then(
    () => "was read, not refused",
    (error: Error) => error.message.replaceAll(`${folder}/`, ""),
  );

describe("read", () => {
  test("named files, zipped or not, told apart by their bytes", async () => {
    const [a, b] = [file("images", gzipSync(images)), file("labels.bin", labels)];
    const data = await readDataset({ files: [`pixels=${a}`, `digit=${b}`], fields: [pixels, digit] });
    expect(data.rows).toBe(2);
    expect(data.source).toBe(`pixels=${a} digit=${b}`);
    expect({ ...data.fields }).toEqual({
      pixels: { data: Float32Array.of(10, 20, 30, 255), dims: [2] },
      digit: { data: Int32Array.of(7, 9), dims: [] },
    });
  });

  test("a zipped table, and one beside an array", async () => {
    const table = file("t.csv.gz", gzipSync("a,b,digit\n1,2,3\n4,5,6\n"));
    const whole = await readDataset({ files: [table], fields: [pixels, digit] });
    expect([...whole.fields.pixels!.data, ...whole.fields.digit!.data]).toEqual([1, 2, 4, 5, 3, 6]);
    const mixed = await readDataset({ files: [table, `pixels=${file("i", images)}`], fields: [pixels, digit] });
    expect([...mixed.fields.pixels!.data, ...mixed.fields.digit!.data]).toEqual([10, 20, 30, 255, 3, 6]);
  });

  test("an array without a name feeds the only field that is needed", async () => {
    const path = file("a=b.idx", images);
    const data = await readDataset({ files: [path], fields: [pixels, { ...digit, optional: true }] });
    expect([data.rows, Object.keys(data.fields)]).toEqual([2, ["pixels"]]);
  });

  test.each([
    ["flowers.xlsx", "PK\x03\x04\x14\0\x06\0", "a spreadsheet (.xlsx)"],
    ["flowers.csv", "PK\x03\x04\x14\0\x06\0rest[Content_Types].xml", "a document of Microsoft Office"],
    ["flowers.csv.zip", "PK\x03\x04\x14\0\x06\0", "a ZIP archive"],
    ["flowers.parquet", "PAR1\x15\0", "a Parquet file"],
    ["flowers.png", "\x89PNG\r\n\x1a\n", "a PNG image"],
    ["flowers.tar", `flowers.csv${"\0".repeat(246)}ustar`, "a tar archive"],
    ["flowers.xls", "\xd0\xcf\x11\xe0", "a document of Microsoft Office (.xls, .doc)"],
    ["flowers.safetensors", '\x40\0\0\0\0\0\0\0{"w":', "a safetensors file"],
    ["flowers.wasm", "\0asm\x01\0\0\0", "a WebAssembly module"],
    ["flowers.dat", "a,b\n1\0,2\n", "zero bytes, which no text has"],
  ])("%s is refused by what it is, gzipped or not", async (name, bytes, kind) => {
    const contents = Buffer.from(bytes, "latin1");
    for (const path of [file(name, contents), file(`${name}.gz`, gzipSync(contents))]) {
      const said = await message(readDataset({ files: [path], fields: [pixels, digit] }));
      expect(said).toContain("data/not-a-table");
      expect(said).toContain(`got ${kind}\n`);
    }
  });

  test("a table may begin with what other files begin with", async () => {
    const path = file("bonds.csv", "PAR1,BZh,digit\n1,2,3\n");
    const data = await readDataset({ files: [path], fields: [pixels, digit] });
    expect([...data.fields.pixels!.data]).toEqual([1, 2]);
  });

  test("refused", async () => {
    const [a, b] = [file("a.idx", images), file("b.idx", labels)];
    const short = file("short.idx", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
    const zipped = gzipSync(images);
    const fields = [pixels, digit];
    const cases = [
      { files: [`pixels=${a}`, `digit=${short}`], fields },
      { files: [`pixels=${a}`], fields },
      { files: [a], fields },
      { files: [a, b], fields },
      { files: [`pixels=${a}`, `pixels=${b}`], fields },
      { files: ["absent.csv"], fields },
      { files: [file("cut.gz", zipped.subarray(0, 20))], fields },
      { files: [file("wrong.idx3-ubyte", "x,y\n1,2\n")], fields: [pixels] },
      { files: [file("wrong.npy", "x,y\n1,2\n")], fields: [pixels] },
      { files: [a], fields: [pixels], map: { pixel: "x" } },
    ];
    const messages = await Promise.all(cases.map((request) => message(readDataset(request))));
    expect(messages.join("\n\n")).toMatchInlineSnapshot(`
      "short.idx data/row-count
        expected 2 rows, as in a.idx, got 1

      pixels=a.idx data/missing-file
        expected a file for the target digit, got data for "pixels"
        Add digit=<file>, or a CSV that has it.

      a.idx data/which-field
        expected the name of the field before the path, one of "pixels", "digit", got none
        Such as pixels=a.idx.

      b.idx data/two-files
        expected one file without a field's name before it, got a.idx as well
        Such as pixels=images.npy digit=labels.npy.

      b.idx data/two-files
        expected one file for pixels, got a.idx as well

      absent.csv data/no-file
        expected a file that can be read, got ENOENT: no such file or directory, open 'absent.csv'

      cut.gz data/bad-gzip
        expected a whole gzip stream, got unexpected end of file
        The file is damaged or cut short: fetch or write it again.

      wrong.idx3-ubyte data/bad-magic
        expected IDX: 00 00, a type (08 09 0b 0c 0d 0e), the number of axes, got 78 2c 79 0a

      wrong.npy data/bad-magic
        expected NPY: "\\x93NUMPY", got "x,y\\n1,"

      column map data/unknown-field
        expected a field of the model: "pixels", got "pixel"
        Did you mean "pixels"?"
    `);
  });
});

test("read: the iris table needs no map", async () => {
  const fields: Field[] = [
    { name: "measurements", kind: "input", dims: [4], dtype: "float" },
    { name: "species", kind: "target", dims: [], classes: 3, dtype: "int" },
  ];
  const data = await readDataset({ files: ["examples/iris/iris.csv"], fields });
  expect(data.rows).toBe(150);
  expect(data.fields.species!.dictionary).toEqual(["setosa", "versicolor", "virginica"]);
  expect([0, 1, 2].map((label) => data.fields.species!.data.filter((value) => value === label).length)).toEqual([
    50, 50, 50,
  ]);
  // The mean of every column, in cm, tells a changed cell.
  const sums = [0, 0, 0, 0];
  data.fields.measurements!.data.forEach((value, i) => {
    sums[i % 4]! += value;
  });
  expect(sums.map((sum) => (sum / 150).toFixed(3))).toEqual(["5.843", "3.057", "3.758", "1.199"]);
});

const mnist = "../shared/data/mnist10k";
const isAbsent = isMissing("MNIST's test files", existsSync(mnist));

test.skipIf(isAbsent)("read: MNIST, 10,000 digits", async () => {
  const fields = [{ ...pixels, dims: [784] }, digit];
  const files = [`pixels=${mnist}/t10k-images-idx3-ubyte.gz`, `digit=${mnist}/t10k-labels-idx1-ubyte.gz`];
  const data = await readDataset({ files, fields });
  expect(data.rows).toBe(10_000);
  expect([...data.fields.digit!.data.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const image = data.fields.pixels!.data.subarray(0, 784);
  expect([image.length, Math.max(...image), image.filter((value) => value > 0).length]).toEqual([784, 255, 116]);
});
