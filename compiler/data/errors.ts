/**
 * A fault in a user's data file: where, what was expected, what was got, what to do.
 *
 *   train.csv:14 data/not-a-number
 *     column "petal_width": expected a finite number, got "abc"
 *     14 | 5.1,3.5,1.4,abc,setosa
 *        |             ^^^
 */

export interface DataFault {
  /** "data/..." or "tiles/..."; stable, for programs. */
  readonly code: string;
  readonly file: string;
  /** CSV: the line in the file, from 1, header included. */
  readonly row?: number;
  /** CSV: the name of the column. */
  readonly column?: string;
  /** IDX and NPY: the position of the element, each axis from 0; used instead of row and column. */
  readonly index?: readonly number[];
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly frame?: Frame;
}

/** A line of the file with the characters [start, end) marked. */
export interface Frame {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export class DataError extends Error {
  readonly code: string;
  readonly file: string;
  readonly row: number | undefined;
  readonly column: string | number | undefined;
  readonly expected: string;
  readonly got: string;
  readonly hint: string | undefined;

  constructor(fault: DataFault) {
    super(format(fault));
    this.name = "DataError";
    this.code = fault.code;
    this.file = fault.file;
    this.row = fault.row ?? fault.index?.[0];
    this.column = fault.column ?? fault.index?.[1];
    this.expected = fault.expected;
    this.got = fault.got;
    this.hint = fault.hint;
  }
}

/** Longer sentences are broken before "got". */
const longestLine = 110;

function format(fault: DataFault): string {
  // Where no cell is shown, the column is the one that is missing, and the sentence names it.
  const subject = fault.column === undefined || !fault.frame ? "" : `column ${quote(fault.column)}: `;
  const sentence = `  ${subject}expected ${fault.expected}, got ${fault.got}`;
  const broken = [`  ${subject}expected  ${fault.expected}`, `  ${" ".repeat(subject.length)}got       ${fault.got}`];
  const lines = [
    `${place(fault)} ${fault.code}`,
    ...(sentence.length <= longestLine ? [sentence] : broken),
    ...(fault.frame ? printFrame(fault.frame, fault.row) : []),
  ];
  if (fault.hint) lines.push(`  ${fault.hint}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

function place({ file, row, index }: DataFault): string {
  if (index) return `${file}[${index.join(", ")}]`;
  return row === undefined ? file : `${file}:${row}`;
}

/** Characters shown before and after the marked ones; a row of 784 pixels would fill the screen otherwise. */
const frameMargin = 40;
const longestMark = 60;

function printFrame({ text, start, end }: Frame, row = 1): string[] {
  const shownEnd = Math.min(end, start + longestMark);
  const from = start > frameMargin + 3 ? start - frameMargin : 0;
  const to = Math.min(text.length, shownEnd + frameMargin);
  const before = from > 0 ? "..." : "";
  const after = to < text.length ? "..." : "";
  const margin = " ".repeat(String(row).length);
  const mark = " ".repeat(before.length + start - from) + "^".repeat(Math.max(1, shownEnd - start));
  return [`  ${row} | ${before}${visible(text.slice(from, to))}${after}`, `  ${margin} | ${mark}`];
}

/** One column on the screen for every character: control characters, newlines in quotes among them, become blanks. */
const visible = (text: string): string => text.replace(/\p{Cc}/gu, " ");

const longestQuote = 60;

/** A name or cell from a file as a message shows it: quoted, escaped, cut where long. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.slice(0, longestQuote));
  if (shown.length <= longestQuote + 20) return text.length > longestQuote ? `${shown.slice(0, -1)}..."` : shown;
  // An escape takes up to six characters.
  return JSON.stringify(`${text.slice(0, longestQuote / 6)}...`);
}
