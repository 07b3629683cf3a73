/**
 * ts-morph, loaded at the first use: it takes a third of a second, and most programs that import the DSL read nothing.
 */
import { createRequire } from "node:module";
import type { SourceFile } from "ts-morph";

type TsMorph = typeof import("ts-morph");

let loaded: TsMorph | undefined;
const tsMorph = (): TsMorph => {
  loaded ??= createRequire(import.meta.url)("ts-morph") as TsMorph;
  return loaded;
};

/** ts-morph's own class of type guards: `Syntax.isCallExpression(node)`. */
export const Syntax = new Proxy({} as TsMorph["Node"], { get: (_, name) => Reflect.get(tsMorph().Node, name) });

/** Parses a text; nothing is read from disk and no types are checked. */
export function parse(path: string, text: string): SourceFile {
  const { Project } = tsMorph();
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { allowJs: true },
  });
  return project.createSourceFile(path, text);
}

export interface SyntaxProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** What a parser finds wrong with a text. */
export function syntaxProblems(path: string, text: string): SyntaxProblem[] {
  const { ts } = tsMorph();
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: { allowJs: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return diagnostics.map(({ messageText, start = 0, length = 1 }) => ({
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    start,
    end: start + Math.max(length, 1),
  }));
}
