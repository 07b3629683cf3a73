/**
 * What the commands print with: results on stdout, everything else on stderr, colours only where a person looks.
 *
 *   table([["parameter", "shape"], ["hidden.weight", "[4,16]"]])   columns aligned, the first row as the head
 */
import pc from "picocolors";

type Colors = ReturnType<typeof pc.createColors>;

/** NO_COLOR and FORCE_COLOR decide where they are set, else whether the stream is a terminal. */
export function colorsFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Colors {
  if (env.NO_COLOR) return pc.createColors(false);
  if (env.FORCE_COLOR) return pc.createColors(env.FORCE_COLOR !== "0");
  return pc.createColors(stream.isTTY === true && env.TERM !== "dumb");
}

/** A line of the result. */
export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** A line about the work, which a pipe does not carry on. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A reader that has seen enough closes the pipe (nabla inspect ... | head): quiet, as with every other tool. What goes to
 * stderr may be lost; the work goes on.
 */
export function handleClosedPipes(): void {
  const quietly = (whenClosed: () => void) => (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    whenClosed();
  };
  process.stdout.on(
    "error",
    quietly(() => process.exit()),
  );
  process.stderr.on(
    "error",
    quietly(() => {}),
  );
}

/** The first column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[], { head = true } = {}): string {
  const colors = colorsFor(process.stdout);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)));
    const line = cells.join("  ").trimEnd();
    return head && index === 0 ? colors.dim(line) : line;
  });
  return lines.join("\n");
}

export const heading = (text: string): string => colorsFor(process.stdout).bold(text);

/** 1234567 -> "1,234,567" */
export const count = (value: number): string => value.toLocaleString("en-US");

/** 4096 -> "4,096 B" up to 10 KiB, then "97.7 KiB" and "1.4 MiB". */
export function bytes(value: number): string {
  if (value < 10 * 1024) return `${count(value)} B`;
  return value < 1024 ** 2 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 ** 2).toFixed(1)} MiB`;
}

/** 0.93333 -> "93.3%" */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)}%`;

/** Four digits, as a loss is read. */
export const loss = (value: number): string => value.toPrecision(4);

/** "850 ms", "12.3 s", "4 min 5 s" */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

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
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
