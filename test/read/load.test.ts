import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics.ts";
import { formatDiagnostics } from "../../compiler/read/code-frame.ts";
import { errorOf, load, nabla } from "./project.ts";

describe("a model file runs", () => {
  test("its exports are what the file says, types removed", async () => {
    const { exports } = await load(`
      interface Size { readonly width: number }
      const size: Size = { width: 4 } satisfies Size;
      export default size.width as number;
      export const doubled = <T extends number>(x: T): number => x * 2;`);
    expect(exports.default).toBe(4);
    expect((exports.doubled as (x: number) => number)(3)).toBe(6);
  });

  test("`nabla` is the instance that was given, by any form of import", async () => {
    const { exports } = await load(`
      import { dense } from "nabla";
      import * as nb from "nabla";
      export const same = dense === nb.dense;
      export { dense };`);
    expect(exports.same).toBe(true);
    expect(exports.dense).toBe(nabla.dense);
  });

  test("relative imports, with and without extension, JSON and Node's own modules", async () => {
    const { exports, sources, directory } = await load({
      "model.ts": `
        import { basename } from "node:path";
        import { two } from "./lib/two.ts";
        import { three } from "./lib/three";
        import { four } from "./lib/four.js";
        import table from "./table.json";
        export default [two, three, four, table.five, basename("a/six")];`,
      "lib/two.ts": "export const two: number = 2;",
      "lib/three.ts": "export const three: number = 3;",
      "lib/four.js": "export const four = 4;",
      "table.json": `{ "five": 5 }`,
    });
    expect(exports.default).toEqual([2, 3, 4, 5, "six"]);
    expect(sources.map((path) => path.replace(directory, "")).sort()).toEqual([
      "/lib/four.js",
      "/lib/three.ts",
      "/lib/two.ts",
      "/model.ts",
    ]);
  });

  test("import.meta tells of the file itself, not of the bundle", async () => {
    const { exports, directory } = await load({
      "model.ts": `export { here } from "./lib/here.ts"; export const url = import.meta.url;`,
      "lib/here.ts": "export const here: string = import.meta.dirname;",
    });
    expect(exports.here).toBe(`${directory}/lib`);
    expect(exports.url).toBe(`file://${directory}/model.ts`);
  });

  test("a JavaScript file works too", async () => {
    expect((await load("export default [1, 2].map((x) => x * 2);", "model.js")).exports.default).toEqual([2, 4]);
  });

  test("calls mean what they meant: this, arguments, order of evaluation, optional calls, new, tags, decorators", async () => {
    const { exports } = await load(`
      const log: string[] = [];
      function note<T>(name: string, value: T): T { log.push(name); return value; }
      const owner = { name: "owner", self() { return this.name; } };
      function count(...args: unknown[]) { return args.length; }
      function strict(this: unknown) { return this === undefined; }
      class Box { constructor(readonly value: number) {} }
      const tag = (parts: TemplateStringsArray, x: number) => parts.join("|") + x;
      const missing: (() => number) | undefined = undefined;
      const named = (name: string) => (target: any) => { target.label = name; };
      @named("decorated") class Decorated {}
      const curried = (a: number) => (b: number) => a - b;
      export default [
        owner.self(), count(1, ...[2, 3]), strict(), new Box(7).value, tag\`a\${1}b\`, missing?.(), curried(5)(3),
        (Decorated as any).label, note<number>("first", 1) + note("second", 2), log.join(),
      ];`);
    expect(exports.default).toEqual(["owner", 3, true, 7, "a|b1", undefined, 2, "decorated", 3, "first,second"]);
  });
});

describe("errors of a model file", () => {
  test("no such file", async () => {
    expect(await errorOf({ "other.ts": "" })).toMatchInlineSnapshot(`
      "model/not-found
        there is no model file model.ts
          expected  a TypeScript or JavaScript file
          got       model.ts, looked for in <directory>"
    `);
  });

  test("syntax errors, every one", async () => {
    expect(await errorOf("const a = ;\nexport default a\nlet 3x = 1;\n")).toMatchInlineSnapshot(`
      "model.ts:1:11 model/syntax
        Expression expected.
      > 1 | const a = ;
          |           ^

      model.ts:3:1 model/syntax
        Variable declaration not allowed at this location.
      > 3 | let 3x = 1;
          | ^^^

      model.ts:3:6 model/syntax
        ';' expected.
      > 3 | let 3x = 1;
          |      ^

      model.ts:3:6 model/syntax
        An identifier or keyword cannot immediately follow a numeric literal.
      > 3 | let 3x = 1;
          |      ^

      4 errors"
    `);
  });

  test("syntax errors in an imported file", async () => {
    const files = { "model.ts": `import "./lib/bad.ts";`, "lib/bad.ts": "export const f = (x: number => x;\n" };
    expect(await errorOf(files)).toMatchInlineSnapshot(`
      "lib/bad.ts:1:29 model/syntax
        ',' expected.
      > 1 | export const f = (x: number => x;
          |                             ^^"
    `);
  });

  test("an import that leads nowhere, after wrapped calls and wide characters on the line", async () => {
    const text = `const f = (x: string) => x; const s = f("日本語é"); import { a } from "./missing.ts";\nexport default [a, s];`;
    expect(await errorOf(text)).toMatchInlineSnapshot(`
      "model.ts:1:68 model/bundle
        Could not resolve "./missing.ts"
      > 1 | const f = (x: string) => x; const s = f("日本語é"); import { a } from "./missing.ts";
          |                                                                    ^^^^^^^^^^^^^^"
    `);
  });

  test("declarations alone", async () => {
    const files = {
      "model.ts": 'export { a as default } from "./types.d.ts";',
      "types.d.ts": "export const a: number;",
    };
    expect(await errorOf(files)).toMatch(/^model\/bundle\n.*types\.d\.ts declares types and has no code/);
  });

  test("a package that is not installed", async () => {
    const text = `import x from "no-such-package-here";\nexport default x;`;
    expect(await errorOf(text)).toMatchInlineSnapshot(`
      "model.ts:1:15 model/threw
        Error: Cannot find module 'no-such-package-here'
      > 1 | import x from "no-such-package-here";
          |               ^"
    `);
  });

  test("await outside of a function", async () => {
    expect(await errorOf("export default await Promise.resolve(1);")).toMatchInlineSnapshot(`
      "model.ts:1:16 model/await
        a model file cannot wait outside of a function
        Read what it needs synchronously.
      > 1 | export default await Promise.resolve(1);
          |                ^^^^^"
    `);
  });

  test("an exception of the model's own code", async () => {
    const text = `const check = (n: number): void => {\n  if (n > 2) throw new RangeError("too many");\n};\ncheck(1); check(3);\n`;
    expect(await errorOf(text)).toMatchInlineSnapshot(`
      "model.ts:2:20 model/threw
        RangeError: too many
      > 2 |   if (n > 2) throw new RangeError("too many");
          |                    ^^^"
    `);
  });

  test("a call of what is not a function", async () => {
    const text = `import * as nb from "nabla";\nexport default (nb as any).dence(1, 2);\n`;
    expect(await errorOf(text)).toMatchInlineSnapshot(`
      "model.ts:2:28 model/threw
        TypeError: nb.dence is not a function
      > 2 | export default (nb as any).dence(1, 2);
          |                            ^^^^^"
    `);
    expect(await errorOf("const f: any = 3;\nexport default f(1);\n")).toMatchInlineSnapshot(`
      "model.ts:2:17 model/threw
        TypeError: f is not a function
      > 2 | export default f(1);
          |                 ^"
    `);
  });

  test("an exception in an imported file, with CRLF line ends", async () => {
    const files = {
      "model.ts": `import { fail } from "./lib/fail.ts";\r\nexport default fail<number>(1);\r\n`,
      "lib/fail.ts": `export function fail<T>(x: T): T {\r\n  const y = String(x), z = (null as any).z;\r\n  return z ?? y;\r\n}\r\n`,
    };
    expect(await errorOf(files)).toMatchInlineSnapshot(`
      "lib/fail.ts:2:42 model/threw
        TypeError: Cannot read properties of null (reading 'z')
      > 2 |   const y = String(x), z = (null as any).z;
          |                                          ^"
    `);
  });

  test("after a line separator of Unicode, which is none for an editor", async () => {
    expect(await errorOf('/* 1 \u2028 2 */ throw Error("three");\n')).toMatchInlineSnapshot(`
      "model.ts:1:24 model/threw
        Error: three
      > 1 | /* 1 � 2 */ throw Error("three");
          |                        ^"
    `);
    expect(await errorOf("export const long = 1; //\u2028)\n")).toMatchInlineSnapshot(`
      "model.ts:1:27 model/syntax
        Declaration or statement expected.
      > 1 | export const long = 1; //�)
          |                           ^"
    `);
  });

  test("an exception that the model's functions throw later is explained", async () => {
    const { exports, explain, directory } = await load(
      `export default {\n  forward(x: { y?: { z: number } }) {\n    return x.y!.z;\n  },\n};\n`,
    );
    try {
      (exports.default as { forward(x: object): number }).forward({});
      expect.unreachable();
    } catch (thrown) {
      const error = explain(thrown);
      expect(error).toBeInstanceOf(CompileError);
      expect(error.cause).toBe(thrown);
      expect(formatDiagnostics(error as CompileError, { directory })).toMatchInlineSnapshot(`
        "model.ts:3:17 model/threw
          TypeError: Cannot read properties of undefined (reading 'z')
        > 3 |     return x.y!.z;
            |                 ^"
      `);
    }
    const own = new CompileError([]);
    expect(explain(own)).toBe(own);
  });

  test("in colour, the frame is marked", async () => {
    const { directory } = await load("export default 1;\n");
    const span = { file: "model.ts", line: 1, column: 8, start: 7, end: 14 };
    const error = new CompileError([{ code: "x/y", message: "m", span, notes: [] }]);
    expect(formatDiagnostics(error, { directory, color: true })).toContain("\u001b[31m");
    expect(formatDiagnostics(error, { directory })).not.toContain("\u001b[");
  });
});
