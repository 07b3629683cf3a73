/**
 * A table for the terminal and for a file, in Markdown.
 *
 *   table(["width", "error"], [[1, 0.5], [2, 0.25]])
 *   | width | error |
 *   | ----: | ----: |
 *   |     1 |   0.5 |
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The cells are shown as they are: round them before. The first column is aligned to the left where it holds text. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const isText = head.map((_, column) => rows.some((row) => typeof row[column] === "string" && !isNumber(row[column])));
  const line = (row) =>
    `| ${row.map((cell, c) => (isText[c] ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, c) => (isText[c] ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

const isNumber = (text) => Number.isFinite(Number(text));

/** Writes numbers that a page says in a sentence, as texts by name. */
export function writeFacts(folder, facts) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/facts.json`, `${JSON.stringify(facts, null, 2)}\n`);
}

/** Prints a table and writes it to `path`, with the folder. */
export function showTable(path, head, rows) {
  const text = table(head, rows);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${text}\n`);
  console.log(`\n${text}\n`);
}
