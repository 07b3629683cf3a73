/**
 * The source files of one model: their text, their syntax tree, and where a node of it stands.
 *
 *   sources.read("/project/digits.model.ts")    ->    { label: "digits.model.ts", text, tree, edits }
 */
import { readFileSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import type { Node, SourceFile } from "ts-morph";
import type { Span } from "../graph/origin.ts";
import type { Edit } from "./edits.ts";
import { parse } from "./syntax.ts";

export interface Source {
  readonly path: string;
  /** The path as messages show it: relative to the working directory where it is inside. */
  readonly label: string;
  readonly text: string;
  readonly tree: SourceFile;
  /** What instrumenting changed; the offsets are those of `text`. */
  edits: readonly Edit[];
}

export class Sources {
  readonly directory: string;
  readonly #byPath = new Map<string, Source>();
  /** From an importing file and a specifier to the file meant; the bundler knows it when it is done. */
  readonly imports = new Map<string, ReadonlyMap<string, string>>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Reads and parses a file once. */
  read(path: string): Source {
    const known = this.#byPath.get(path);
    if (known) return known;
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    const source = { path, label: this.label(path), text, tree: parse(path, text), edits: [] };
    this.#byPath.set(path, source);
    return source;
  }

  get(path: string): Source | undefined {
    return this.#byPath.get(path);
  }

  get paths(): string[] {
    return [...this.#byPath.keys()];
  }

  label(path: string): string {
    const inside = relative(this.directory, path);
    const shown = inside.startsWith("..") || isAbsolute(inside) ? path : inside;
    return shown.split(sep).join("/");
  }

  /** The place of a node; undefined for one of no file, such as a function's own text. */
  spanOf(node: Node): Span | undefined {
    const source = this.#byPath.get(node.getSourceFile().getFilePath());
    return source && spanIn(source, node.getStart(), node.getEnd());
  }
}

export function spanIn(source: Source, start: number, end: number): Span {
  const { line, column } = source.tree.getLineAndColumnAtPos(Math.min(start, source.text.length));
  return { file: source.label, line, column, start, end };
}
