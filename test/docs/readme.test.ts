/**
 * The code in README.md: the model on its first screen is the iris example; the blocks marked "api" are one program,
 * readme.api.ts beside this file, which `npm run types` checks and this test runs; commands and links lead somewhere.
 * After a change of the README, `npx vitest run test/docs -u` writes that file anew.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../compiler/cli/program.ts";
import { elementwise } from "../../compiler/dsl/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const page = read("README.md");

const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code]) => code!);

test("the model is that of the example", async () => {
  const example = read("examples/iris/iris.model.ts").trim();
  expect(blocks("ts model")).toHaveLength(1);
  await expect(page.replace(/(?<=^```ts model\n)[\s\S]*?(?=\n```)/m, () => example)).toMatchFileSnapshot(
    `${root}README.md`,
  );
});

const importLine = /^import \{ ([\w, ]+) \} from "([^"]+)";\n+/gm;

/** All blocks as one module: imports first, then the code as it stands, then what the code declares. */
function program(): string {
  const text = blocks("ts api").join("\n");
  const imports = new Map<string, string[]>();
  for (const [, names, from] of text.matchAll(importLine))
    imports.set(from!, [...(imports.get(from!) ?? []), ...names!.split(", ")]);
  const code = text.replace(importLine, "");
  const declared = [...code.matchAll(/^(?:const|let) (?:(\w+)|\{ ([\w, ]+) \}) =/gm)];
  const names = declared.flatMap(([, one, several]) => one ?? several!.split(", "));
  const head = [...imports].map(([from, list]) => `import { ${list.sort().join(", ")} } from "${from}";`);
  return `// The blocks of README.md, written by readme.test.ts.\n${head.join("\n")}\n\n${code.trim()}\n\nexport {\n${names
    .sort()
    .map((name) => `  ${name},\n`)
    .join("")}};\n`;
}

test("readme.api.ts is what the README shows", async () => {
  await expect(program()).toMatchFileSnapshot("./readme.api.ts");
});

test("it runs, and does what is said of it", async () => {
  const shown = await import("./readme.api.ts");
  expect(shown.accuracy).toBeGreaterThanOrEqual(0.93);
  expect(shown.built.wasm).toBeInstanceOf(Uint8Array);
  expect(shown.loss).toBeLessThan(0.5);
  expect(shown.epochs).toHaveLength(10);
  expect(shown.same).toBe(true);
  expect([...shown.net.parameters["hidden.bias"]!]).toEqual(new Array(16).fill(0));
  expect(shown.logits).toHaveLength(6);
  expect(shown.manifest.bytes.weights).toBeGreaterThan(0);
  expect([shown.js, shown.dts].every((text) => text.includes("load"))).toBe(true);
  expect(program()).toContain(`// ${shown.refusal}\n`);
});

test("the function of one's own is read and differentiated", () => {
  const { code } = transformSync(blocks("ts model-part").join(""), { loader: "ts" });
  const swish = new Function("elementwise", `${code} return swish;`)(elementwise);
  expect(Object.keys(swish.derivatives())).toEqual(["x", "beta"]);
});

describe("what it refers to", () => {
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    ...["add-an-op", "dsl", "files", "ops"].map((name) => `docs/${name}.md`),
  ];

  test.each(pages)("the links of %s lead to files", (name) => {
    const prose = read(name).replace(/^```[\s\S]*?^```|`[^`]*`/gm, "");
    const links = [...prose.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) => path!);
    const folder = name.includes("/") ? "docs/" : "";
    expect(links.filter((path) => !existsSync(`${root}${folder}${path}`))).toEqual([]);
  });

  test("the commands exist", () => {
    const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
    const named = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
    const commands = createProgram().commands.map((command) => command.name());
    const used = [...page.matchAll(/npx nabla (\w+)/g)].map(([, command]) => command!);
    expect(used.length).toBeGreaterThan(4);
    expect(used.filter((command) => !commands.includes(command))).toEqual([]);
  });
});
