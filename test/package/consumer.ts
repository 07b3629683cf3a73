/**
 * A strict project that uses every export of the packed package, type-checked under each resolution, with and without the DOM,
 * by each TypeScript that is installed.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Project } from "ts-morph";
import { isInstalled, modules } from "../bundlers/project.ts";
import type { Packed } from "./packed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = fileURLToPath(new URL("consumer", import.meta.url));

export const typescripts = [
  ["TypeScript 7", join(root, "node_modules/typescript/bin/tsc")],
  ["TypeScript 5.9", join(modules, "typescript-5/bin/tsc")],
] as const;

/** Each with the packages whose own types it needs. */
const programs = {
  plain: { files: ["dsl.ts", "runtime.ts", "compiler.ts", "plugin.ts"], lib: ["es2023"], types: [], needs: [] },
  page: { files: ["page.ts", "dsl.ts", "runtime.ts"], lib: ["es2023", "dom"], types: [], needs: [] },
  // The bundlers' types are theirs to keep in order.
  node: {
    files: ["node.ts", "compiler.ts"],
    lib: ["es2023"],
    types: ["node"],
    skipLibCheck: true,
    needs: ["vite", "rollup", "webpack", "@rspack/core"],
  },
};

const resolutions = { nodenext: "nodenext", bundler: "esnext" };

/** Configurations of what can be checked here; the folder is a project beside the installed package. */
export function writeConsumer(packed: Packed): { folder: string; configs: string[] } {
  const folder = join(packed.folder, "consumer");
  cpSync(sources, folder, { recursive: true });
  link(join(root, "node_modules/@types/node"), join(packed.folder, "node_modules/@types/node"));
  const configs: string[] = [];
  for (const [name, { files, lib, types, needs, ...more }] of Object.entries(programs)) {
    if (!needs.every(isInstalled)) continue;
    for (const need of needs) link(join(modules, need), join(packed.folder, "node_modules", need));
    for (const [moduleResolution, module] of Object.entries(resolutions)) {
      const compilerOptions = { ...strict, ...more, lib, types, module, moduleResolution };
      const config = `${name}.${moduleResolution}.json`;
      const include = name === "page" ? ["nabla-types"] : [];
      writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files, include }));
      configs.push(config);
    }
  }
  return { folder, configs };
}

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: false,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  allowImportingTsExtensions: true,
  noEmit: true,
  target: "es2022",
};

function link(from: string, to: string): void {
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(from, to);
}

const entries = {
  "dsl.ts": "compiler/dsl",
  "runtime.ts": "runtime",
  "compiler.ts": "compiler",
  "plugin.ts": "compiler/plugin",
};

/** What an entry exports, types included, and the consumer's file does not name. */
export function unusedExports(packed: Packed): string[] {
  const project = new Project({ skipFileDependencyResolution: true, compilerOptions: { module: 199, types: [] } });
  return Object.entries(entries).flatMap(([file, entry]) => {
    const path = join(packed.folder, "node_modules/nabla/dist", entry, "index.d.ts");
    const source = project.addSourceFileAtPath(path);
    project.resolveSourceFileDependencies();
    const words = new Set(readFileSync(join(sources, file), "utf8").match(/\w+/g));
    return [...source.getExportedDeclarations().keys()]
      .filter((name) => name !== "default" && !words.has(name))
      .map((name) => `${file}: ${name}`);
  });
}
