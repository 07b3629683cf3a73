/**
 * One line of the text of loops or kernels as words that are taken from the front: names, numbers, punctuation.
 *
 *   store h[128*i + j]:3 = -0.5    ->    store h [ 128 * i + j ] : 3 = -0.5
 */

const namePattern = /[\p{ID_Start}_%$](?:[\p{ID_Continue}%$@'/]|[.:](?=[\p{ID_Continue}%$]))*/u;

const pattern = new RegExp(`${namePattern.source}|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|\\.\\.|\\S`, "gu");
const wholeName = new RegExp(`^${namePattern.source}$`, "u");
const unsigned = /^(?:\d.*|Infinity|NaN)$/;

const keywords = new Set(["rows", "step", "load", "splat", "gather", "iota", "uniform", "swap", "Infinity", "NaN"]);

/** Whether the text form can call an axis or function so. */
export const isName = (name: string): boolean => wholeName.test(name);

/** Whether the text form can call a local so: locals stand where the words that begin a value stand. */
export const isLocalName = (name: string): boolean => isName(name) && !keywords.has(name);

export class Words {
  readonly line: string;
  private readonly words: string[];
  private at = 0;

  constructor(line: string) {
    this.line = line;
    this.words = line.match(pattern) ?? [];
  }

  /** How many words were taken. */
  get position(): number {
    return this.at;
  }

  /** Those taken since. */
  since(position: number): readonly string[] {
    return this.words.slice(position, this.at);
  }

  error(expected: string): SyntaxError {
    return new SyntaxError(`expected ${expected}, got "${this.words[this.at] ?? "the end"}" in "${this.line}"`);
  }

  /** Takes the word where it stands next. */
  take(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at++;
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) throw this.error(`"${word}"`);
  }

  end(): void {
    if (this.at < this.words.length) throw this.error("the end of the line");
  }

  oneOf<T extends string>(...words: T[]): T {
    for (const word of words) if (this.take(word)) return word;
    throw this.error(words.map((word) => `"${word}"`).join(" or "));
  }

  name(what: string): string {
    const word = this.words[this.at];
    if (word === undefined || !wholeName.test(word)) throw this.error(what);
    this.at++;
    return word;
  }

  /** Whether a number stands next, signed or not. */
  isNumber(): boolean {
    const word = this.words[this.at];
    return unsigned.test((word === "-" ? this.words[this.at + 1] : word) ?? "");
  }

  /** Whether `word` is the one after next. */
  follows(word: string): boolean {
    return this.ahead(1) === word;
  }

  /** The word that comes `distance` words after the next, "" beyond the end. */
  ahead(distance: number): string {
    return this.words[this.at + distance] ?? "";
  }

  number(): number {
    if (!this.isNumber()) throw this.error("a number");
    const sign = this.take("-") ? -1 : 1;
    return sign * Number(this.words[this.at++]);
  }

  integer(): number {
    const value = this.number();
    if (Number.isInteger(value)) return value;
    this.at--;
    throw this.error("an integer");
  }
}

export interface Line {
  /** Indents of two spaces, from the outermost line on. */
  readonly depth: number;
  readonly words: Words;
}

/** The lines that say something; "#" after a space, or first in a line, begins a comment. The outermost indent may be any. */
export function linesOf(text: string): Line[] {
  const rows = text
    .split("\n")
    .map((row) => row.replace(/(^|\s)#.*$/, "").trimEnd())
    .filter((row) => row !== "");
  const margin = Math.min(...rows.map(indentOf));
  return rows.map((row) => ({ depth: (indentOf(row) - margin) / 2, words: new Words(row.trim()) }));
}

const indentOf = (row: string): number => row.length - row.trimStart().length;
