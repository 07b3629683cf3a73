/**
 * Edits of a text that can be traced back: an offset of the edited text gives the offset of the original.
 *
 *   applyEdits("f(x)", [{ start: 0, end: 0, text: "site(1, " }, { start: 1, end: 1, text: ")" }])   "site(1, f)(x)"
 */

/** Replaces [start, end) of the original; no line break goes in or out, so that lines keep their numbers. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const inOrder = (edits: readonly Edit[]): Edit[] => [...edits].sort((a, b) => a.start - b.start || a.end - b.end);

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + text.slice(done);
}

/** The offset in the original that an offset in the edited text came from; inside new text, where that was put. */
export function originalOffset(edits: readonly Edit[], edited: number): number {
  let shift = 0;
  for (const { start, end, text } of inOrder(edits)) {
    if (start + shift >= edited) break;
    if (edited < start + shift + text.length) return start;
    shift += text.length - (end - start);
  }
  return edited - shift;
}

/** The offset of a line (from 1) and a column (from 0). */
export function offsetAt(text: string, line: number, column: number): number {
  const breaks = /\r\n|[\n\r\u2028\u2029]/g;
  let start = 0;
  for (let at = 1; at < line && breaks.exec(text); at++) start = breaks.lastIndex;
  return Math.min(start + column, text.length);
}
