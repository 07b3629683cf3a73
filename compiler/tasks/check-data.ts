/**
 * The rows that a check runs on: the first of the user's data, or random ones.
 *
 *   inputs: { pixels: [784] }, targets: { digit: classes(10) }   ->   8 x 784 numbers in [-1, 1), 8 labels from 0 to 9
 */
import type { Data } from "../../runtime/index.ts";
import { readDataset } from "../data/read.ts";
import type { ColumnMap } from "../data/types.ts";
import { elementCount } from "../graph/types.ts";
import type { Program } from "../program/program.ts";
import type { Draws } from "./draws.ts";
import { trainingFields } from "./fields.ts";

export interface CheckData extends Data {
  readonly rows: number;
}

/** The interpreter is slow, and an adjoint that is wrong is wrong on few rows too. */
const mostRows = 8;

/** `wanted` rows, or as many as the batch or the files have. Rejects with a DataError. */
export async function checkData(
  program: Program,
  files: readonly string[] | undefined,
  map: ColumnMap | undefined,
  random: Draws,
  wanted = mostRows,
): Promise<CheckData> {
  const most = Math.min(wanted, program.batch);
  if (!files) return randomRows(program, most, random);
  const { rows, fields } = await readDataset({ files, fields: trainingFields(program), ...(map ? { map } : {}) });
  const taken = Math.min(most, rows);
  const first = (list: Program["inputs"]) =>
    Object.fromEntries(
      list.map(({ name, dims }) => [name, fields[name]!.data.slice(0, taken * elementCount(dims, 1))]),
    );
  return { rows: taken, inputs: first(program.inputs), targets: first(program.targets) };
}

/** Inputs in [-1, 1), targets in [0, 1), which every loss takes, and labels. */
function randomRows(program: Program, rows: number, random: Draws): CheckData {
  const numbers = (fields: Program["inputs"], low: number) =>
    Object.fromEntries(
      fields.map(({ name, dims, classes }) => {
        const count = rows * elementCount(dims, 1);
        return [name, classes ? random.array(count, 0, classes).map(Math.floor) : random.array(count, low, 1)];
      }),
    );
  return { rows, inputs: numbers(program.inputs, -1), targets: numbers(program.targets, 0) };
}
