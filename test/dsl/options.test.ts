/** Options: unknown names and wrong values are found, defaults filled in, and comments say the defaults that hold. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { conv2d, dense, embedding, heNormal } from "nabla";
import { describe, expect, test } from "vitest";
import { CompileError, collectDiagnostics } from "../../compiler/diagnostics.ts";
import { choice, type Declared, flag, inRange, positive, settle } from "../../compiler/dsl/options.ts";
import { callOf } from "../../compiler/dsl/settings.ts";
import { errors, loose, type Untyped } from "./wrong-model.ts";

interface Sample {
  readonly size: number;
  readonly open?: boolean;
  readonly side?: "left" | "right";
  readonly part?: number;
}
const sample = {
  size: positive,
  open: flag.or(true),
  side: choice("left", "right").optional,
  part: inRange("a number below 1", (value) => value < 1).optional,
} satisfies Declared<Sample>;

describe("settle", () => {
  const settled = (given: object) => settle(callOf("sample"), sample, given);

  test("defaults stand where nothing is said, also for undefined", () => {
    expect(settled({ size: 2 })).toEqual({ size: 2, open: true });
    expect(settled({ size: 2, open: undefined, side: "left" })).toEqual({ size: 2, open: true, side: "left" });
    expect(settled({ size: 2, open: false }).open).toBe(false);
  });

  test.each([
    [{ size: 2, opne: true }, "sample: there is no option named opne"],
    [{ size: 2, open: "yes" }, "sample: open is out of range"],
    [{ size: 2, side: "top" }, "sample: side is out of range"],
    [{ size: 2, open: null }, "sample: open is out of range"],
    [{ size: 2, part: "0.5" }, "sample: part is out of range"],
    [{ size: 0 }, "sample: size is out of range"],
    [{}, "sample: size is out of range"],
    [3, "sample: options is of the wrong kind"],
    [undefined, "sample: options is missing"],
  ])("%o is refused", (given, message) => {
    expect(() => settled(given as object)).toThrow(CompileError);
    expect(() => settled(given as object)).toThrow(message);
  });

  test("a wrong value gives way to the default, where there is one", () => {
    let seen: unknown;
    const check = () =>
      collectDiagnostics(() => {
        seen = settled({ size: -1, open: "yes", side: 3 });
      });
    expect(check).toThrow(/size[\s\S]*open[\s\S]*side/);
    expect(seen).toEqual({ size: -1, open: true, side: undefined });
  });

  test("in TypeScript a record has every key of its type, and each as it may be given", () => {
    const wrong = [
      // @ts-expect-error side is missing
      { size: positive, open: flag.or(true), part: sample.part } satisfies Declared<Sample>,
      // @ts-expect-error a key that the type does not have
      { ...sample, width: positive } satisfies Declared<Sample>,
      // @ts-expect-error one that may be left out needs a default
      { ...sample, open: flag } satisfies Declared<Sample>,
      // @ts-expect-error one that must be given has none
      { ...sample, size: positive.or(1) } satisfies Declared<Sample>,
      // @ts-expect-error a number in place of a truth
      { ...sample, open: positive.or(1) } satisfies Declared<Sample>,
    ];
    expect(wrong).toHaveLength(5);
  });
});

test("layers refuse what is no initialiser, no regulariser and no truth, each with what it expects", () => {
  const forward = ({ x }: Untyped) => {
    loose(dense)(x, 3, { weight: heNormal, trainable: false });
    loose(dense)(x, 3, { bias: 1, trainable: false });
    loose(dense)(x, 3, { regularize: 1e-4, trainable: false });
    return { logits: loose(dense)(x, 3, { name: 7, biasInit: 0 }) };
  };
  expect(errors({ forward })).toMatchInlineSnapshot(`
    "dsl/key
      dense: weight is of the wrong kind
        expected  weight: an initialiser, such as zeros()
        got       a function
    attribute/range
      dense: bias is out of range
        expected  bias: true or false
        got       1
    dsl/key
      dense: regularize is of the wrong kind
        expected  regularize: a regulariser, such as l2(1e-4), or false
        got       0.0001
    dsl/key
      dense: biasInit is of the wrong kind
        expected  biasInit: an initialiser, such as zeros()
        got       0
    dsl/key
      dense: name is of the wrong kind
        expected  name: a text
        got       7"
  `);
});

test("the build goes on with the defaults, and finds more", () => {
  const forward = ({ x }: Untyped) => {
    const y = loose(dense)(x, 3, { rate: -1 });
    return { logits: loose(embedding)(loose(conv2d)(y, 2, { kernel: 0 }), 3) };
  };
  expect(errors({ forward })).toMatchInlineSnapshot(`
    "attribute/range
      dense: rate is out of range
        expected  rate: a finite number above 0
        got       -1
    attribute/range
      conv2d: kernel is out of range
        expected  kernel: an integer from 1 on, or one for each of 2 axes
        got       0
    shape/rank
      conv2d: wrong number of axes
        expected  x: [n, H, W, C], one image a row
        got       [n,3]  f32[n,3] (add)"
  `);
});

describe("comments say the defaults that the records hold", () => {
  const folder = "compiler/dsl";
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "options.ts",
  );
  const sources = files
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .filter((s) => / satisfies Declared/.test(s));
  /** The comments of a type's own options. */
  const commentsOf = (source: string, type: string): Map<string, string> => {
    const body = source.split(`interface ${type}`)[1]?.split("\n}\n")[0] ?? "";
    const found = body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)\?:/g);
    return new Map([...found].map(([, comment, key]) => [key!, comment!.replace(/\s*\n\s*\*\s*/g, " ")]));
  };
  const defaults = sources.flatMap((source) =>
    [...source.matchAll(/ satisfies Declared\w*<\s*(?:Omit<)?(\w+)/g)].flatMap(({ 1: type, index }) => {
      const record = source.slice(
        source.slice(0, index).search(/\n(export )?const (?![\s\S]*\n(export )?const )/),
        index,
      );
      const comments = commentsOf(source, type!);
      return [...record.matchAll(/(\w+): (?:(?!\w+: )[^\n])*?\.or\(([^()\n]+(?:\([^()\n]*\))?)\)/g)].map(
        ([, key, value]) => {
          const said = `${value!.replace(/\(\)$/, "")} unless said`;
          // What differs between functions stands in their own comment.
          const comment = source.includes(` ${key} ${said}`) ? `${key} ${said}` : comments.get(key!);
          return [type!, key!, said, comment] as const;
        },
      );
    }),
  );

  test("there are many", () => expect(defaults.length).toBeGreaterThan(45));
  test.each(defaults)("%s.%s: %s", (_type, _key, said, comment) => {
    expect(comment).toContain(` ${said}`);
  });
});
