/**
 * What the commands print with: results on stdout, everything else on stderr, colours only where a person looks.
 *
 *   table([["parameter", "shape"], ["hidden.weight", "[4,16]"]])   columns aligned, the first row as the head
 */
import { randomUUID } from "node:crypto";
import { inOneLine, visible } from "../visible.ts";

export interface Colors {
  readonly isColorSupported: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
}

/** NO_COLOR and FORCE_COLOR decide where they are set, else whether the stream is a terminal. */
export function colorsFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Colors {
  const isColorSupported = colored(stream, env);
  const between = (begin: number, end: number) => (text: string) =>
    isColorSupported ? `${style(begin)}${text}${style(end)}` : text;
  return { isColorSupported, bold: between(1, 22), dim: between(2, 22), red: between(31, 39) };
}

function colored(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Tells the tool's own colours from escape sequences in names and files: nobody else can know it. */
const ownMark = `\ufdd0${randomUUID()}.`;
const ownStyle = new RegExp(`${ownMark}(\\d+)m`, "g");

/** What becomes a colour's escape sequence where it is printed. */
export const style = (code: number | string): string => `${ownMark}${code}m`;

/** The one way to the terminal: whatever text says, it is shown and not obeyed; the tool's own colours stay. */
export const shown = (text: string): string => visible(text).replace(ownStyle, "\u001b[$1m");

/** A line of the result. */
export function print(text = ""): void {
  aboveStatus(() => process.stdout.write(`${shown(text)}\n`));
}

/** A line about the work, which a pipe does not carry on. */
export function note(text: string): void {
  aboveStatus(() => process.stderr.write(`${shown(text)}\n`));
}

export const isTerminal = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && process.env.TERM !== "dumb";

/** The line that status.ts keeps at the bottom. */
let statusLine = "";

const wipe = "\r\u001b[2K";

export function setStatus(line: string): void {
  process.stderr.write(`${statusLine === "" ? "" : wipe}${line}`);
  statusLine = line;
}

export function clearStatus(): void {
  if (statusLine !== "") process.stderr.write(wipe);
  statusLine = "";
}

function aboveStatus(write: () => void): void {
  const line = statusLine;
  clearStatus();
  write();
  if (line !== "") setStatus(line);
}

/**
 * A reader that has seen enough closes the pipe (nabla inspect ... | head): quiet, as with every other tool. A result that
 * cannot be written, as the disk is full, is an error. What goes to stderr may be lost; the work goes on.
 */
export function handleClosedPipes(end: (code: number) => never): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") end(Number(process.exitCode ?? 0));
    note(`error: cannot write the result: ${error.message}`);
    end(1);
  });
  process.stderr.on("error", () => {});
}

/** The first column to the left, numbers to the right. */
export function table(given: readonly (readonly string[])[], { head = true } = {}): string {
  const colors = colorsFor(process.stdout);
  const rows = given.map((row) => row.map(inOneLine));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)));
    const line = cells.join("  ").trimEnd();
    return head && index === 0 ? colors.dim(line) : line;
  });
  return lines.join("\n");
}

export const heading = (text: string): string => colorsFor(process.stdout).bold(text);

/** Breaks a paragraph between words, so that no line is longer than `width` unless a word is. */
export function wrap(text: string, width = 100): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** Names and what is to say of them, in two columns. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${inOneLine(value)}`).join("\n");
}
