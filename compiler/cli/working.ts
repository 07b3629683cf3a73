/**
 * What a command is at while it has nothing to print yet, on the last line of a terminal: compiling, reading so much of a file.
 *
 *   reading train.csv ████████░░░░░░░░ 52%
 */
import { onReading } from "../data/reading.ts";
import { bar, openStatus } from "./status.ts";

const status = openStatus();

export const working = (what: string): void => status.show(() => `${what} ...`);

export function showReading(): void {
  onReading((file, done, all) => {
    if (done === all) status.clear();
    else status.show((width) => reading(file, done / all, width));
  });
}

function reading(file: string, fraction: number, width: number): string {
  const percent = ` ${Math.floor(100 * fraction)}%`;
  const text = `reading ${file} `;
  const room = Math.min(40, width - text.length - percent.length);
  return room < 5 ? `reading${percent} of ${file}` : text + bar(room, fraction) + percent;
}
