/** `nabla check`: proves the gradients of a model, and its module. */
import type { ColumnMap } from "../../data/types.ts";
import { checkModel, type ModelCheck, tolerance } from "../../tasks/check-model.ts";
import { readModelFile } from "../../tasks/model-file.ts";
import { loss } from "../../tasks/quantities.ts";
import { exitCodes } from "../failure.ts";
import { note, print, table } from "../terminal.ts";
import { working } from "../working.ts";

export interface CheckFlags {
  readonly data?: readonly string[];
  readonly map?: ColumnMap;
  readonly seed?: number;
}

export async function check(path: string, { data, map, seed }: CheckFlags): Promise<void> {
  working(`${path}: compiling`);
  const file = await readModelFile(path);
  const result = await file.explaining(() => checkModel(file.model, { data, map, seed }));
  print(`${path}: f64, ${result.rows} ${data ? "rows of data" : "random rows"}, loss ${loss(result.loss)}\n`);
  print(errorsTable(result));
  if (result.passed) {
    print(`\nall at most ${limit}`);
    return;
  }
  note(`\nerror: a relative error is above ${limit}`);
  note("  A value that stopGradient holds back counts as wrong here; without one, this is a fault of nabla.");
  process.exitCode = exitCodes.failed;
}

function errorsTable({ parameters, outputs, optimizer }: ModelCheck): string {
  const rows = parameters.map(({ name, dims, gradient, wasm }) => [
    name,
    `[${dims.join(",")}]`,
    gradient === undefined ? "not trained" : show(gradient),
    show(wasm),
  ]);
  return table([
    ["worst relative error", "shape", "gradient", "wasm after a step"],
    ...rows,
    ["outputs and loss", "", "", show(outputs)],
    ["optimiser state", "", "", show(optimizer)],
  ]);
}

const limit = tolerance.toExponential();

const show = (error: number): string => `${error.toExponential(1)}${error <= tolerance ? "" : " !"}`;
