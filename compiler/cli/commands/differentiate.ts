/** `nabla differentiate`: three ways to the same derivatives, side by side. */
import type { ColumnMap } from "../../data/types.ts";
import { readModelFile } from "../../tasks/model-file.ts";
import { count, loss } from "../../tasks/quantities.ts";
import { type Comparison, compareDerivatives } from "../../tasks/three-ways/compare.ts";
import type { Expressions } from "../../tasks/three-ways/expressions.ts";
import type { WidthErrors } from "../../tasks/three-ways/numeric.ts";
import { heading, print, table, wrap } from "../terminal.ts";
import { working } from "../working.ts";

export interface DifferentiateFlags {
  readonly data?: readonly string[];
  readonly map?: ColumnMap;
  readonly rows?: number;
  readonly seed?: number;
}

export async function differentiate(path: string, { data, map, rows, seed }: DifferentiateFlags): Promise<void> {
  working(`${path}: compiling`);
  const file = await readModelFile(path);
  const result = await file.explaining(() => compareDerivatives(file.model, { data, map, rows, seed }));
  const ofData = `${result.rows} ${data ? "" : "random "}${result.rows === 1 ? "row" : "rows"}${data ? " of data" : ""}`;
  print(`${path}: f64, ${ofData}, loss ${loss(result.loss)}, P = ${count(result.parameters)} parameters`);
  print(`\n${heading("error of differences, relative to the adjoint")}\n${errorsTable(result)}`);
  print(`\n${heading("cost of all derivatives")}\n${costsTable(result)}`);
  for (const paragraph of argument(result)) print(`\n${wrap(paragraph)}`);
}

const best = (widths: readonly WidthErrors[], way: "central" | "forward"): WidthErrors =>
  widths.reduce((least, one) => (one[way] < least[way] ? one : least));

function errorsTable({ widths }: Comparison): string {
  const [central, forward] = [best(widths, "central"), best(widths, "forward")];
  const cell = (error: number, isBest: boolean) => `${error.toExponential(1)}${isBest ? " *" : "  "}`;
  const rows = widths.map((one) => [
    one.width.toExponential(),
    cell(one.central, one === central),
    cell(one.forward, one === forward),
  ]);
  return `${table([["step h", "central  ", "forward  "], ...rows])}\n* the least`;
}

function costsTable({ parameters, evaluation, gradient, expressions }: Comparison): string {
  const losses = (evaluations: number) => [
    count(evaluations),
    count(evaluations * evaluation.operations),
    `${time(evaluations * evaluation.milliseconds)} ~`,
  ];
  return `${table([
    ["way", "losses", "operations", "time  "],
    ["the loss alone", "1", count(evaluation.operations), `${time(evaluation.milliseconds)}  `],
    [
      "adjoint, and the loss",
      inLosses(gradient, evaluation),
      count(gradient.operations),
      `${time(gradient.milliseconds)}  `,
    ],
    ["forward differences: P + 1", ...losses(parameters + 1)],
    ["central differences: 2 P", ...losses(2 * parameters)],
    ...(typeof expressions === "string" ? [] : expressionRows(expressions, evaluation.operations, parameters)),
  ])}\n${timing}`;
}

function expressionRows(expressions: Expressions, ofLoss: number, parameters: number): string[][] {
  const { derivatives, shared, counted, evaluated, evaluatedOperations, milliseconds } = expressions;
  const about = counted < parameters ? "about " : "";
  const ofAll = (Number(derivatives) / Number(evaluatedOperations)) * milliseconds;
  const written = ["symbolic, written out", ratio(Number(derivatives), ofLoss), `${about}${large(derivatives)}`];
  return [
    [...written, evaluated > 0 ? `${time(ofAll)} ~` : "  "],
    ["symbolic, parts shared", ratio(shared, ofLoss), `${about}${count(shared)}`, "  "],
  ];
}

const timing = `Times are those of the float64 interpreter, which stores every value; ~ is reckoned: from the time of one loss,
for expressions from those evaluated as written out.`;

function argument({ parameters, differences, widths, evaluation, gradient, expressions }: Comparison): string[] {
  const { width, central } = best(widths, "central");
  const some = differences < parameters ? ` Taken here for ${count(differences)} of the parameters.` : "";
  return [
    `Differences: a large h cuts the curve off (the error falls as h^2, as h for forward ones), a small h leaves
    rounding alone (it grows as 1/h). No h escapes both: ${central.toExponential(0)} at h = ${width.toExponential()}
    is the best here. A kink within h, such as relu's, spoils more than the curve does. Each parameter costs another
    loss.${some}`,
    symbolicArgument(expressions, evaluation.operations, parameters),
    `Adjoint: the rules of the symbolic way, but each part is computed once, from the loss back to all parameters.
    Loss and all ${count(parameters)} derivatives cost ${inLosses(gradient, evaluation)} losses; more parameters
    would not change that by much.`,
  ];
}

function symbolicArgument(expressions: Expressions | string, ofLoss: number, parameters: number): string {
  if (typeof expressions === "string") return `Symbolic: left out, as ${expressions}.`;
  const { longest, derivatives, loss, counted, evaluated, error } = expressions;
  const times = ratio(Number(derivatives), ofLoss);
  const made = counted < parameters ? ` Made here for ${count(counted)} parameters and scaled up.` : "";
  const asWritten = evaluated === 0 ? "none is short enough" : `${count(evaluated)} of them`;
  return `Symbolic: ${error.toExponential(0)} from the adjoint, so exact but for rounding; but an expression has no names
    for its parts. The loss written out has ${large(loss)} operations in place of ${count(ofLoss)}, its longest derivative
    ${large(longest)}, all of them ${times} times the loss (evaluated as written out: ${asWritten}).${made} With parts
    shared it is forward mode: a walk through the loss for each parameter.`;
}

const ratio = (operations: number, ofLoss: number): string => {
  const times = operations / ofLoss;
  return times < 100 ? times.toFixed(1) : times < 1e15 ? count(Math.round(times)) : times.toExponential(1);
};

const inLosses = (gradient: Comparison["gradient"], evaluation: Comparison["evaluation"]): string =>
  ratio(gradient.operations, evaluation.operations);

const large = (operations: bigint): string =>
  operations < 10n ** 15n ? count(Number(operations)) : Number(operations).toExponential(2);

/** 0.0792 -> "0.08 ms", 12345 -> "12 s" */
const time = (milliseconds: number): string => {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${count(Math.round(milliseconds / 1000))} s`;
};
