/**
 * The last line of a terminal, drawn again and again while work goes on; what is printed goes above it. In a pipe there is none.
 *
 *   const status = openStatus();
 *   status.show((width) => `reading ${bar(width - 20, 0.4)} 40%`);
 *   status.clear();
 */
import { clearStatus, isTerminal, setStatus, shown } from "./terminal.ts";

export interface Status {
  /** `line` fits into the characters it is given. */
  show(line: (width: number) => string): void;
  clear(): void;
}

/** Milliseconds between two drawings: more often nobody sees. */
const interval = 80;

export function openStatus(stream: NodeJS.WriteStream = process.stderr): Status {
  if (!isTerminal(stream)) return { show() {}, clear() {} };
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    show(line) {
      if (performance.now() - drawn < interval) return;
      drawn = performance.now();
      // In the last column a terminal may begin the next line.
      const width = (stream.columns || 80) - 1;
      setStatus(cut(shown(line(width)), width));
    },
    clear() {
      drawn = Number.NEGATIVE_INFINITY;
      clearStatus();
    },
  };
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 3)}...` : text);

/** "█████░░░░░" */
export function bar(width: number, fraction: number): string {
  const full = Math.round(width * Math.min(1, Math.max(0, fraction)));
  return "█".repeat(full) + "░".repeat(width - full);
}
