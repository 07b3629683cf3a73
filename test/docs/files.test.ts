/** docs/files.md names every command and option, and every code that data, checkpoints and tiles are refused with. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { exitCodes } from "../../compiler/cli/failure.ts";
import { createProgram } from "../../compiler/cli/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}docs/files.md`, "utf8");

describe.each(createProgram().commands.map((command) => [command.name(), command] as const))(
  "nabla %s",
  (name, command) => {
    const row = page.split("\n").find((line) => line.startsWith(`| \`nabla ${name} `)) ?? "";

    test("its row has all its options, and no other", () => {
      const named = [...row.matchAll(/`(--[\w-]+)`/g)].map(([, option]) => option);
      expect(named.sort()).toEqual(command.options.map(({ long }) => long).sort());
    });
  },
);

test.each(Object.entries(exitCodes))("exit code of %s", (_name, code) => {
  expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
});

test("every code", () => {
  const files = ["compiler/data", "compiler/cli", "compiler/tune"].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" }).map((name) => `${root}${folder}/${name}`),
  );
  const sources = files.filter((path) => path.endsWith(".ts")).map((path) => readFileSync(path, "utf8"));
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/"((?:data|checkpoint|tiles)\/[a-z-]+)"/g)].map(([, code]) => code!),
  );
  const ofHeaders = sources.flatMap((text) =>
    [...text.matchAll(/fail\(\s*"([a-z-]+)"/g)].map(([, fault]) => `checkpoint/${fault}`),
  );
  expect(codes.length).toBeGreaterThan(30);
  expect([...new Set([...codes, ...ofHeaders])].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
