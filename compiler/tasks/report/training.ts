/** The report of a training run: its curves, what the test rows say, the settings. */
import type { EpochReport } from "../../../runtime/index.ts";
import { totalFlops } from "../../flops.ts";
import { type Judgement, judge } from "../judge.ts";
import { count, loss, percent } from "../quantities.ts";
import type { TrainedModel } from "../train-model.ts";
import { type Curve, drawCurves } from "./curves.ts";
import { definitions, page, section, tableOf } from "./page.ts";

/** HTML. `title` names the model, `settings` adds to what the run itself knows: files, options. */
export async function trainingReport(
  title: string,
  trained: TrainedModel,
  settings: readonly (readonly [string, string])[],
): Promise<string> {
  const { history, data, test } = trained;
  const judgements = test ? judge(trained, test, data.test!.targets) : [];
  const drawn = history.length > 0 ? await charts(trained) : [];
  return page(title, [
    section("Result", definitions(resultOf(trained))),
    ...drawn,
    ...judgements.map((judgement) => section(`Test: ${judgement.target}`, describe(judgement))),
    section("Settings", definitions([...settings, ...settingsOf(trained)])),
  ]);
}

/** Of the epochs: the loss, the accuracy where there is one, and the learning rate. */
async function charts({ history, rates, start, data, best }: TrainedModel): Promise<string[]> {
  const watched = data.validation ? "validation" : "some of the training rows";
  const curve = (name: string, of: (epoch: EpochReport) => number | undefined): Curve => ({
    name,
    points: history.flatMap((report) => {
      const value = of(report);
      return value === undefined ? [] : [[report.epoch + 1, value] as const];
    }),
  });
  const kept = best?.found && best.found.epoch + 1;
  const mark = kept === undefined ? undefined : { epoch: kept, name: `kept: epoch ${kept}` };
  // A run that goes on from another may keep an epoch from before.
  const from = Math.min(start.epoch + 1, kept ?? Number.POSITIVE_INFINITY);
  const losses = [curve("training, before each update", (epoch) => epoch.loss), curve(watched, lossOf)];
  const accuracy = curve(watched, ({ validation }) => validation?.accuracy);
  const rate: Curve = { name: "learning rate", points: rates.map((point) => [point.at, point.rate]) };
  return [
    section("Loss", await drawCurves("loss", losses, { from, mark })),
    ...(accuracy.points.length > 0
      ? [section("Accuracy", await drawCurves("accuracy", [accuracy], { from, mark, percent: true }))]
      : []),
    section("Learning rate", await drawCurves("rate", [rate], { from: start.epoch, mark, height: 240 })),
  ];
}

const lossOf = ({ validation }: EpochReport): number | undefined => validation?.loss;

function resultOf({ history, data, test, best, stoppedEarly, next }: TrainedModel): [string, string][] {
  const last = history.at(-1);
  const accuracy = (value: number | undefined) => (value === undefined ? "" : `, accuracy ${percent(value)}`);
  return [
    ["epochs", `${next.epoch}${stoppedEarly ? ", stopped early" : ""}`],
    ...(last ? [["training loss", loss(last.loss)] as [string, string]] : []),
    ...(data.validation && last?.validation
      ? [["validation", `loss ${loss(last.validation.loss)}${accuracy(last.validation.accuracy)}`] as [string, string]]
      : []),
    ...(best?.found
      ? [["kept", `epoch ${best.found.epoch + 1}, loss ${loss(best.found.loss)}`] as [string, string]]
      : []),
    ...(test ? [["test", `loss ${loss(test.loss)}${accuracy(test.accuracy)}`] as [string, string]] : []),
  ];
}

function settingsOf({ settings, data, built: { manifest, program } }: TrainedModel): [string, string][] {
  const parameters = manifest.parameters.reduce((sum, { dims }) => sum + dims.reduce((p, d) => p * d, 1), 0);
  const { forward, adjoint, update } = manifest.flops;
  const step = [forward, adjoint, update].reduce((sum, part) => sum + (part ? totalFlops(part) : 0), 0);
  const rows = [
    ["train", data.train],
    ["validation", data.validation],
    ["test", data.test],
  ] as const;
  return [
    ["rows", rows.flatMap(([name, part]) => (part ? [`${count(part.rows)} ${name}`] : [])).join(", ")],
    ["batch", count(settings.batch)],
    ["seed", String(settings.seed)],
    ["element type", settings.dtype],
    ["parameters", count(parameters)],
    ["optimiser state", `${count(program.states.length - manifest.parameters.length)} tensors`],
    ["FLOPs of a step", count(step)],
    ["model", manifest.hash],
    ["data", data.hash],
    ["Node", process.versions.node],
  ];
}

function describe(judgement: Judgement): string {
  if (judgement.kind === "values")
    return definitions([
      ["R squared", judgement.rSquared.toFixed(4)],
      ["mean absolute error", judgement.meanAbsoluteError.toPrecision(4)],
      ["root mean squared error", judgement.rootMeanSquaredError.toPrecision(4)],
    ]);
  const names =
    judgement.kind === "classes" ? judgement.names : judgement.scores.classes.map((_, label) => String(label));
  const cells = judgement.scores.classes.map(({ precision, recall, f1, rows }, i) => [
    names[i]!,
    ...[precision, recall, f1].map(percent),
    count(rows),
  ]);
  const scores = tableOf("Precision, recall and F1", [["", "precision", "recall", "F1", "rows"], ...cells]);
  return judgement.kind === "classes" ? `${scores}\n${confusionTable(judgement)}` : scores;
}

/** Rows are the truth, columns the answers; a cell is as dark as its share of the row. */
function confusionTable({ names, confusion }: Extract<Judgement, { kind: "classes" }>): string {
  const rows = names.map((name, truth) => {
    const counts = names.map((_, answer) => confusion[truth * names.length + answer]!);
    const all = counts.reduce((sum, one) => sum + one, 0);
    return [name, ...counts.map((one) => ({ text: count(one), shade: all === 0 ? 0 : one / all }))];
  });
  return tableOf("Confusion matrix: the truth in rows, answers in columns", [["", ...names], ...rows]);
}
