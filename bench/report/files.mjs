/** results.json, RESULTS.md and results.svg: read, merged, written. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeFigure } from "../../examples/lib/figure.mjs";
import { chartOption } from "./chart.mjs";
import { reportText } from "./text.mjs";

const at = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The runs so far; none where there is no file. */
export function readResults() {
  try {
    return JSON.parse(readFileSync(at("results.json"), "utf8")).runs;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return [];
  }
}

export function writeReport(runs) {
  writeFileSync(at("results.json"), `${JSON.stringify({ runs }, null, 1)}\n`);
  writeFileSync(at("RESULTS.md"), reportText(runs, readFileSync(at("NOTES.md"), "utf8")));
  writeFigure(at("results.svg"), chartOption(runs.at(-1)), { width: 1100, height: 560 });
}
