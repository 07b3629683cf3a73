/** `nabla run`: the predictions of a built module, as a table, JSON or CSV. */
import type { ColumnMap } from "../../data/types.ts";
import { type PredictedOutput, type Predictions, predict } from "../../tasks/predict.ts";
import { print, table } from "../terminal.ts";

export interface RunFlags {
  readonly data: readonly string[];
  readonly map?: ColumnMap;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export async function run(path: string, { data, map, json, csv }: RunFlags): Promise<void> {
  const predictions = await predict(path, { data, map });
  if (json) print(toJson(predictions));
  else if (csv) print(toCsv(predictions));
  else print(toTable(predictions));
}

/** The class of a row by its name where the module has one. */
const classOf = ({ classes, labels }: PredictedOutput, row: number): string | number | undefined =>
  classes && (labels?.[classes[row]!] ?? classes[row]);

/** "class", or "<output>.class" where several outputs score classes. */
function classKey({ outputs }: Predictions, { name }: PredictedOutput): string {
  return outputs.filter(({ classes }) => classes).length > 1 ? `${name}.class` : "class";
}

function toJson(predictions: Predictions): string {
  const rows = Array.from({ length: predictions.rows }, (_, row) => {
    const entries = predictions.outputs.flatMap((output): [string, unknown][] => {
      const { name, size, values } = output;
      const numbers = Array.from(values.subarray(row * size, (row + 1) * size));
      const answer = classOf(output, row);
      return [
        ...(answer === undefined ? [] : [[classKey(predictions, output), answer] as [string, unknown]]),
        [name, numbers],
      ];
    });
    return JSON.stringify(Object.fromEntries(entries));
  });
  return `[\n${rows.join(",\n")}\n]`;
}

function toCsv(predictions: Predictions): string {
  const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return toCells(predictions, Number.POSITIVE_INFINITY, String)
    .map((row) => row.map(quote).join(","))
    .join("\n");
}

/** Numbers of an output that a table shows; --csv and --json give all. */
const shownInTable = 10;

function toTable(predictions: Predictions): string {
  const rows = toCells(predictions, shownInTable, (value) => value.toFixed(4));
  return table(rows.map((row, index) => [index === 0 ? "row" : String(index), ...row]));
}

/** A head, and a line for each row: classes before scores. */
function toCells(predictions: Predictions, most: number, show: (value: number) => string): string[][] {
  const { outputs, rows } = predictions;
  const shown = (size: number) => Math.min(size, most);
  const head = outputs.flatMap((output) => {
    const { name, size, labels, classes } = output;
    const numbers = Array.from({ length: shown(size) }, (_, i) => (size === 1 ? name : `${name}.${labels?.[i] ?? i}`));
    return [...(classes ? [classKey(predictions, output)] : []), ...numbers, ...(size > most ? ["..."] : [])];
  });
  const line = (row: number) =>
    outputs.flatMap((output) => {
      const { size, values, classes } = output;
      const numbers = Array.from(values.subarray(row * size, row * size + shown(size)), show);
      return [...(classes ? [String(classOf(output, row))] : []), ...numbers, ...(size > most ? ["..."] : [])];
    });
  return [head, ...Array.from({ length: rows }, (_, row) => line(row))];
}
