/**
 * --dump, --stop-after and --time of the commands that compile.
 *
 *   const stages = openStages(flags);
 *   compile(model, stages.options)      // writes dumps, notes times, stops where it is told to
 */
import type { CompileOptions } from "../compile-options.ts";
import { type StageRecord, Stopped } from "../stages.ts";
import { dumper, dumpFolder, isOfStage, stageNames } from "../tasks/dump.ts";
import { UsageError } from "../tasks/errors.ts";
import { note, print, table } from "./terminal.ts";

export interface StageFlags {
  /** "": every stage to files; else the stage to print. */
  readonly dump?: string;
  readonly stopAfter?: string;
  readonly time?: boolean;
}

export interface StagesAsked {
  readonly options: Pick<CompileOptions, "onStage" | "stopAfter">;
  /** Whether the command line asks for stages instead of the command's own report. */
  readonly printsStage: boolean;
  /** Runs work that compiles with `options`; undefined where it stopped at the stage asked for. Then shows what was asked. */
  run<T extends { wat(): Promise<string> }>(work: () => Promise<T>): Promise<T | undefined>;
}

/** Not a stage of the pipeline: the module's text, made from the finished module. */
const wat = "wat";

export function openStages({ dump, stopAfter, time }: StageFlags): StagesAsked {
  const records: StageRecord[] = [];
  const files = dump === "" ? dumper() : undefined;
  const onStage = (record: StageRecord): void => {
    records.push(record);
    files?.stage(record);
  };

  async function run<T extends { wat(): Promise<string> }>(work: () => Promise<T>): Promise<T | undefined> {
    const result = await work().catch((error) => {
      if (error instanceof Stopped) return undefined;
      throw error;
    });
    if (stopAfter !== undefined && result !== undefined) throw unknownStage("--stop-after", stopAfter, records);
    if (files && result) files.wat(await result.wat());
    if (files) note(`${files.count} stages written to ${dumpFolder}/`);
    if (dump) print(await stageText(dump, records, result));
    if (time) print(`${timeTable(records)}\n`);
    if (result === undefined) note(`stopped after ${stopAfter}`);
    return result;
  }
  return { options: { onStage, stopAfter }, printsStage: Boolean(dump), run };
}

async function stageText(
  stage: string,
  records: readonly StageRecord[],
  result: { wat(): Promise<string> } | undefined,
): Promise<string> {
  if (stage === wat && result) return (await result.wat()).trimEnd();
  const chosen = records.filter((record) => isOfStage(record, stage));
  if (chosen.length === 0) throw unknownStage("--dump", stage, records);
  return chosen.map(({ name, text }) => (chosen.length > 1 ? `# ${name}\n${text()}` : text())).join("\n\n");
}

function unknownStage(option: string, stage: string, records: readonly StageRecord[]): UsageError {
  const names = [...stageNames(records), ...(option === "--dump" ? [wat] : [])];
  return new UsageError(`${option}: there is no stage "${stage}"\n  expected one of: ${names.join(", ")}`);
}

/** A row a stage, a column a function of the module; milliseconds. */
function timeTable(records: readonly StageRecord[]): string {
  const scopes = [...new Set(records.map(({ name }) => name.split("/")[0]!))];
  const time = (scope: string, stage: string) => records.find(({ name }) => name === `${scope}/${stage}`)?.milliseconds;
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const cell = (value: number | undefined) => (value === undefined ? "" : value.toFixed(1));
  const stages = stageNames(records);
  const rows = stages.map((stage) => {
    const times = scopes.map((scope) => time(scope, stage));
    return [stage, ...times.map(cell), cell(sum(times))];
  });
  const totals = scopes.map((scope) => sum(stages.map((stage) => time(scope, stage))));
  return table([["ms", ...scopes, "total"], ...rows, ["total", ...totals.map(cell), cell(sum(totals))]]);
}
