import { describe, expect, test } from "vitest";
import type { Origin, Span } from "../../compiler/graph/origin.ts";
import { load } from "./project.ts";

/** Loads a model that exports origins, and gives its text beside them. */
async function origins(text: string): Promise<{ default: Origin[]; marked: string[] }> {
  const { exports } = await load(text);
  const list = (exports.default as (Origin | undefined)[]).map((origin) => origin!);
  return { default: list, marked: list.map(({ span }) => text.slice(span!.start, span!.end)) };
}

const bindings = async (text: string) =>
  (await origins(`import { dense, relu } from "nabla";\nimport * as nb from "nabla";\n${text}`)).default.map(
    (o) => o.binding,
  );

describe("the name that a value is bound to", () => {
  test.each([
    ["a const", "const hidden = dense(1); export default [hidden];", ["hidden"]],
    ["an assignment", "let h; h = dense(1); export default [h];", ["h"]],
    ["an assignment to a member", "const o: any = {}; o.first = dense(1); export default [o.first];", ["first"]],
    ["a property", "export default Object.values({ logits: dense(1), 'a b': dense(2) });", ["logits", "a b"]],
    [
      "a nested property",
      "const net = { a: { b: dense(1) }, c: dense(2) }; export default [net.a.b, net.c];",
      ["b", "c"],
    ],
    ["a computed property has none", "const k = 'x'; export default Object.values({ [k]: dense(1) });", [undefined]],
    ["elements of an array", "const pair = [dense(1), relu(2)]; export default pair;", ["pair", "pair"]],
    ["a spread", "const all = [...[dense(1)], ...[dense(2)]]; export default all;", ["all", "all"]],
    ["an object spread", "const all = { ...{ a: dense(1) } }; export default [all.a];", ["a"]],
    ["a choice", "const h = Math.PI > 3 ? dense(1) : dense(2); export default [h];", ["h"]],
    ["casts and parentheses", "const h = (dense(1) as object)!; export default [h];", ["h"]],
    ["a pattern has none", "const [h] = [dense(1)]; export default [h];", [undefined]],
    ["a namespace import", "const h = nb.dense(1); export default [h];", ["h"]],
    ["a type argument", "const f = <T>(x: T) => x; const h = f<any>(dense(1)); export default [h];", ["h"]],
    ["a class field", "class Net { first = dense(1) } export default [new Net().first];", ["first"]],
    ["a default value", "const f = (w = dense(1)) => w; export default [f()];", ["w"]],
    ["a bare return has none", "const f = () => { return dense(1); }; export default [f()];", [undefined]],
    ["an arrow's result has none", "const f = () => dense(1); export default [f()];", [undefined]],
    [
      "a callback inside an initializer has none",
      "const all = [1].map((x) => dense(x)); export default all;",
      [undefined],
    ],
  ])("%s", async (_, text, expected) => {
    expect(await bindings(text)).toEqual(expected);
  });

  test("every call of a nested expression has it", async () => {
    const text = `
      const seen: any[] = [];
      const keep = (x: any) => { seen.push(x); return x; };
      const hidden = keep(relu(keep(dense(1, 128)), 0.2));
      export default seen;`;
    expect(await bindings(text)).toEqual(["hidden", "hidden"]);
  });

  test("the owner of an assigned member is not bound to it", async () => {
    const text = `
      const seen: any[] = [];
      const keep = (x: any) => { seen.push(x); return x; };
      keep(dense(1)).extra = 2;
      export default seen;`;
    expect(await bindings(text)).toEqual([undefined]);
  });

  test("in a loop each round has it", async () => {
    const text = `
      const all: any[] = [];
      let h: any = 0;
      for (let i = 0; i < 3; i++) { h = relu(dense(h, 32)); all.push(h); }
      export default all;`;
    expect(await bindings(text)).toEqual(["h", "h", "h"]);
  });

  test("in a helper it is the helper's own, and outer leads to the helper's call", async () => {
    const { default: list, marked } = await origins(`
      import { dense, relu } from "nabla";
      function block(x: any) { const inner = dense(x); return inner; }
      const block1 = block(1), block2 = block(relu(2));
      export default [block1, block2];`);
    expect(list.map((o) => [o.outer?.binding, o.binding, o.outer?.outer])).toEqual([
      ["block1", "inner", undefined],
      ["block2", "inner", undefined],
    ]);
    expect(marked).toEqual(["dense(x)", "dense(x)"]);
  });
});

describe("positions", () => {
  test("a span is the whole call, whatever stands before it", async () => {
    const { default: list, marked } = await origins(
      `import { dense, relu } from "nabla";
type Pair<A, B = A[]> = readonly [A, B];
abstract class Shape<T extends object = {}> { declare readonly tag?: T; abstract area(): number }
const typed = <T,>(x: T, ..._: Pair<number>[]): T => x;
const s = "日本語 😀", h = typed<unknown>(relu(s, /* é */ dense(1)));
export default [h];
`,
    );
    expect(marked).toEqual(["relu(s, /* é */ dense(1))"]);
    expect(list[0]).toMatchObject({ span: { file: "model.ts", line: 5, column: 40 }, binding: "h" });
  });

  test("CRLF counts as one line end, and a byte order mark as nothing", async () => {
    const text = `import { dense } from "nabla";\r\n\r\nexport default [\r\n  dense(1),\r\n  dense(2)];\r\n`;
    const { exports } = await load(`\uFEFF${text}`);
    const spans = (exports.default as Origin[]).map((origin): Span => origin.span!);
    expect(spans.map(({ line, column }) => [line, column])).toEqual([
      [4, 3],
      [5, 3],
    ]);
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(["dense(1)", "dense(2)"]);
  });

  test("a helper file has its own, relative to the directory", async () => {
    const { exports } = await load({
      "model.ts": `import { block } from "./lib/block.ts";\nconst first = block(1);\nexport default [first];`,
      "lib/block.ts": `import * as nb from "nabla";\nexport const block = (x: number) => nb.dense(x);`,
    });
    const [origin] = exports.default as Origin[];
    expect(origin).toMatchObject({ span: { file: "lib/block.ts", line: 2, column: 37 }, binding: undefined });
    expect(origin!.outer).toMatchObject({ span: { file: "model.ts", line: 2, column: 15 }, binding: "first" });
  });

  test("a file outside of the directory is named in full", async () => {
    const { directory } = await load("export default 1;");
    const { loadModule } = await import("../../compiler/read/read.ts");
    const { nabla } = await import("./project.ts");
    const other = await load(`import { dense } from "nabla"; export default [dense(1)];`);
    const { exports } = await loadModule(`${other.directory}/model.ts`, { nabla, directory });
    expect((exports.default as Origin[])[0]!.span!.file).toBe(`${other.directory}/model.ts`);
  });
});
