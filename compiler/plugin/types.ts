/**
 * Types of imported models, a file for each import: TypeScript reads an ambient module where a path has a query.
 *
 *   "./iris.model.ts?infer" -> nabla-types/iris.model.ts-infer.d.ts: declare module "*\/iris.model.ts?infer" { ... }
 *
 * The pattern has the file's name alone, since the text before it depends on where the import stands. A wildcard for all
 * models would have to call every input a record of arrays.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeFolder } from "../data/folder.ts";
import { describeMachineFault } from "../tasks/machine.ts";

/**
 * `specifier`: the import's path, or the resolved one; `dts`: the declarations of nabla build. Gives what there is to say where
 * the folder takes no file: a build does not need them.
 */
export function writeTypes(folder: string, specifier: string, dts: string): string | undefined {
  const name = specifierName(specifier);
  const file = join(folder, `${name.replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "-")}.d.ts`);
  const text = declareModule(name, dts);
  try {
    // A file that is written again would start type checkers that watch it.
    if (existsSync(file) && readFileSync(file, "utf8") === text) return undefined;
    makeFolder(folder);
    writeFileSync(file, text);
    return undefined;
  } catch (error) {
    const fault = describeMachineFault(error);
    if (fault === undefined) throw error;
    return `the types of "${specifier}" cannot be written: ${fault}\n  The plugin's option types names another folder, or is false.`;
  }
}

/** "/src/iris.model.ts?trained&data=./iris.csv" -> "iris.model.ts?trained&data=./iris.csv" */
export function specifierName(specifier: string): string {
  const mark = specifier.indexOf("?");
  return basename(specifier.slice(0, mark)) + specifier.slice(mark);
}

function declareModule(name: string, dts: string): string {
  const [banner, ...lines] = dts.trimEnd().split("\n");
  // Inside an ambient module everything is declared already.
  const body = lines.map((line) => (line ? `  ${line.replace(/^export declare /, "export ")}` : line));
  return [banner, `declare module ${JSON.stringify(`*/${name}`)} {`, ...body, "}", ""].join("\n");
}
