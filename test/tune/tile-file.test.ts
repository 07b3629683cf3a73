/** The file of tiles: what is written is read back, what is damaged is refused with its place. */
import { describe, expect, test } from "vitest";
import { DataError } from "../../compiler/data/errors.ts";
import { parseTile } from "../../compiler/loop/parse-tile.ts";
import { parseTileFile, sectionName, withSection } from "../../compiler/tune/tile-file.ts";
import type { TunedKernel } from "../../compiler/tune/tune.ts";

const engine = "Node 20.20.2, V8 11.3";
const infer = sectionName({ mode: "infer", dtype: "f32", batch: 32 });
const train = sectionName({ mode: "train", dtype: "f32", batch: 32 });

const kernel = (signature: string, tile: string, gain = 1): TunedKernel => ({
  name: "infer.0",
  signature,
  chosen: parseTile("lanes along i1 x4"),
  tile: parseTile(tile),
  gain,
  timed: 9,
});

const text = withSection(undefined, infer, {
  engine,
  kernels: [
    kernel("[i0<n, i1<16] b", "lanes along i1 x4"),
    kernel("[i0<n, i1<10] a", "lanes along i1 x3, i0 by 2, last rows x3", 1.3871),
  ],
});

describe("what is written", () => {
  test("small, sorted, and the same for the same tiles", () => {
    expect(text).toMatchInlineSnapshot(`
      "{
        "infer f32 batch 32": {
          "engine": "Node 20.20.2, V8 11.3",
          "tiles": {
            "[i0<n, i1<10] a": {
              "tile": "lanes along i1 x3, i0 by 2, last rows x3",
              "insteadOf": "lanes along i1 x4",
              "gain": 1.39
            },
            "[i0<n, i1<16] b": {
              "tile": "lanes along i1 x4"
            }
          }
        }
      }
      "
    `);
  });

  test("is read back", () => {
    expect(parseTileFile(text, "digits.tiles.json")).toEqual(
      new Map([
        [
          infer,
          new Map([
            ["[i0<n, i1<10] a", parseTile("lanes along i1 x3, i0 by 2, last rows x3")],
            ["[i0<n, i1<16] b", parseTile("lanes along i1 x4")],
          ]),
        ],
      ]),
    );
  });

  test("another kind of build is added, the same one replaced", () => {
    const both = withSection(text, train, { engine, kernels: [] });
    expect([...parseTileFile(both, "f").keys()]).toEqual([infer, train]);
    const again = withSection(both, infer, { engine, kernels: [kernel("[i0<n] c", "lanes along i0 x1")] });
    expect([...parseTileFile(again, "f").get(infer)!.keys()]).toEqual(["[i0<n] c"]);
    expect([...parseTileFile(again, "f").keys()]).toEqual([infer, train]);
  });
});

/** What parseTileFile says of a text. */
function refusal(damaged: string): string {
  try {
    parseTileFile(damaged, "digits.tiles.json");
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
  return "taken";
}

describe("what is damaged", () => {
  test("cut off", () => {
    expect(refusal(text.slice(0, 120))).toMatchInlineSnapshot(`
      "digits.tiles.json:6 tiles/syntax
        expected JSON, got "Unterminated string literal"
        6 |         "ti
          |            ^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("empty", () => {
    expect(refusal("")).toMatchInlineSnapshot(`
      "digits.tiles.json:1 tiles/syntax
        expected JSON, got "Unexpected end of file in JSON"
        1 |
          | ^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("a space that only JSON.parse refuses", () => {
    expect(refusal("\u00a0{}")).toMatchInlineSnapshot(`
      "digits.tiles.json:1 tiles/syntax
        expected JSON, got "text that is not quite JSON"
        1 |  {}
          | ^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("a comma too many", () => {
    expect(refusal('{ "infer f32 batch 32": { "tiles": {}, }}')).toMatchInlineSnapshot(`
      "digits.tiles.json:1 tiles/syntax
        expected JSON, got "JSON does not support trailing commas"
        1 | { "infer f32 batch 32": { "tiles": {}, }}
          |                                      ^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("no sections", () => {
    expect(refusal("[]")).toMatchInlineSnapshot(`
      "digits.tiles.json:1 tiles/shape
        expected an object with a section for each kind of build, got []
        1 | []
          | ^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("a section without tiles", () => {
    expect(refusal(`{\n  "${infer}": { "engine": "Node" }\n}\n`)).toMatchInlineSnapshot(`
      "digits.tiles.json:2 tiles/shape
        expected an object "tiles", a kernel each, got nothing
        2 |   "infer f32 batch 32": { "engine": "Node" }
          |   ^^^^^^^^^^^^^^^^^^^^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("an entry without a tile", () => {
    expect(refusal(text.replace('"tile": "lanes along i1 x4"', '"tiles": 4'))).toMatchInlineSnapshot(`
      "digits.tiles.json:10 tiles/tile
        expected "tile" to be text, got nothing
        10 |       "[i0<n, i1<16] b": {
           |       ^^^^^^^^^^^^^^^^^
        Delete the file; nabla build --tune writes it anew."
    `);
  });

  test("a tile that is none", () => {
    expect(refusal(text.replace("i0 by 2", "i0 by two"))).toMatchInlineSnapshot(`
      "digits.tiles.json:6 tiles/tile
        expected  "AXIS by N", or "last rows xN", "passes along AXES" and "sums by N from N" at the end
        got       "i0 by two"
        6 |         "tile": "lanes along i1 x3, i0 by two, last rows x3",
          |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        Delete the file; nabla build --tune writes it anew."
    `);
  });
});
