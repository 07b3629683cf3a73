/** The list of functions in docs/dsl.md is that of the DSL. After a change, `npx vitest run test/docs -u` writes it anew. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import * as dsl from "../../compiler/dsl/index.ts";
import { mathConstants, mathFunctions } from "../../compiler/read/scalar/math.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { dslReference } from "./dsl-reference.ts";

const path = fileURLToPath(new URL("../../docs/dsl.md", import.meta.url));
const list = /(<!-- the list [^>]*-->\n)[\s\S]*(\n<!-- end of the list -->)/;

test("docs/dsl.md lists what the DSL exports, in the words of its comments", async () => {
  const page = readFileSync(path, "utf8");
  expect(page).toMatch(list);
  const reference = dslReference();
  for (const name of Object.keys(dsl)) expect(reference).toContain(`- \`${name}(`);
  expect(reference, "an export without a comment").not.toMatch(/`: *$/m);
  await expect(page.replace(list, (_, start, end) => `${start}\n${reference}\n${end}`)).toMatchFileSnapshot(path);
});

test("it lists what elementwise reads of Math", () => {
  const page = readFileSync(path, "utf8").replace(/\s+/g, " ");
  const listed = /of Math: (.*?), and the constants of Math \(all eight\)/.exec(page)?.[1];
  expect(listed).toBe([...mathFunctions.keys()].map((name) => `\`${name}\``).join(", "));
  expect(mathConstants.size).toBe(8);
});

test("the model that it shows compiles", async () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path, "utf8"))!;
  const file = join(mkdtempSync(join(tmpdir(), "nabla-docs-")), "shown.model.ts");
  writeFileSync(file, shown!);
  const { manifest } = await compile((await readModelFile(file)).model);
  expect(manifest.parameters.map(({ name }) => name)).toEqual(
    ["hidden", "logits"].flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]),
  );
});
