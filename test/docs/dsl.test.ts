/** The list of functions in docs/dsl.md is that of the DSL. After a change, `npx vitest run test/docs -u` writes it anew. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as dsl from "../../compiler/dsl/index.ts";
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
