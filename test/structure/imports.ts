/** Which file imports which, in compiler/ and runtime/, and the circles of that graph. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** From a file to the files it imports, types included: whoever reads one must read the other. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

// Statements only start a line in this code; a dynamic import and a type's `import(...)` stand anywhere.
const statement =
  /^(?:import|export)\b[^;"']*?\bfrom\s*"(\.[^"]+)"|^import\s*"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"\s*\)/gm;

/** The import graph of all TypeScript below the folders. */
export function importGraph(folders: readonly string[]): ImportGraph {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(file, "utf8"))]));
}

/** The files that a file's text imports. */
export function importsOf(file: string, text: string): string[] {
  const paths = [...text.matchAll(statement)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  return [...new Set(paths.map((path) => join(dirname(file), path)).filter((path) => existsSync(path)))];
}

/** Every strongly connected component of more than one file, or of one that imports itself (Tarjan). */
export function circlesOf(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) as number);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file) as number, low.get(next) as number));
      } else if (stack.includes(next)) {
        low.set(file, Math.min(low.get(file) as number, index.get(next) as number));
      }
    }
    if (low.get(file) !== index.get(file)) {
      return;
    }
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1 || graph.get(file)?.includes(file)) {
      circles.push(component.sort());
    }
  };
  for (const file of graph.keys()) {
    if (!index.has(file)) {
      visit(file);
    }
  }
  return circles;
}
