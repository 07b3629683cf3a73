/** Every export of "nabla/runtime", in a program that knows neither the DOM nor Node. */
import * as r from "nabla/runtime";

declare const bytes: r.Bytes;
declare const module: r.WasmModule;
declare const port: r.WorkerPort;

const sources: r.Source[] = [bytes, module, new Uint8Array(8), "net.wasm", { href: "https://a.test/net.wasm" }];
export const opened: Promise<r.InferenceNet>[] = sources.map((source) => r.loadInference(source));
export const relaxed: boolean = r.takesRelaxedSimd();

const given: r.Given = { x: [1, 2], colour: "red" };
const values: r.Values = { x: new Float64Array(8) };
const row: r.Row = { width: 1, colour: "red" };
const asked: r.Asked = { x: [row, row] };
const givenData: r.GivenData = { inputs: given, targets: { kind: [0] } };
export const anyData: r.GivenData[] = [givenData];
const data: r.Data = { inputs: values, targets: { kind: Int32Array.of(0) } };
const stopping: r.StoppingSettings = { patience: 3 };
const falling: r.PlateauSettings = { factor: 0.5, patience: 3 };

export async function inTheForeground(): Promise<r.TrainResult> {
  const net: r.Net = await r.load(bytes);
  const { manifest }: { manifest: r.Signature } = net;
  const slots: readonly r.Slot[] = [...manifest.inputs, ...manifest.outputs];
  const types: r.DType[] = slots.map(({ dtype }) => dtype);
  const outputs: r.Outputs = net.infer(given);
  net.infer(asked);
  const first: r.Tensor | undefined = outputs[types[0] ?? "y"];
  const evaluated: r.Evaluated = net.evaluate(values, data.targets);
  const training: r.Training = net;
  const saved: r.SavedState = training.save();
  net.restore(saved);
  const evaluable: r.Evaluable = net;
  const evaluation: r.Evaluation = await r.evaluate(evaluable, data);
  const keeper: r.BestKeeper = r.keepBest(net, stopping);
  const best: r.Best | undefined = keeper.found;
  r.reduceOnPlateau(net, 0.1, falling);
  const trainable: r.Trainable = net;
  const start: r.Position = { epoch: 0, position: 0, lossSum: 0 };
  const options: r.TrainOptions = {
    epochs: r.permutation(4, 1, 0).length,
    seed: 1,
    start,
    signal: { aborted: false },
    onStep: ({ loss }: r.StepReport) => void loss,
    onEpoch: ({ epoch }: r.EpochReport) => (epoch > 2 ? "stop" : undefined),
  };
  void [first, evaluated.loss, evaluation.loss, best];
  return r.train(trainable, data, options);
}

export async function inTheBackground(): Promise<r.TrainAnswer> {
  const trainer: r.Trainer = await r.openTrainer(port, bytes, { timeoutMs: 5000 } satisfies r.TrainerOptions);
  const request: r.TrainRequest = { data, deadlineMs: 100 };
  const background: r.BackgroundTraining = { ...request, onProgress: ({ loss }: r.Progress) => void loss };
  await trainer.infer({ colour: "red" });
  return trainer.train(background);
}

const counts = r.confusion([0.1, 0.9], [1], 2);
export const classes: r.Scores = r.scoresOf(counts, 2);
export const each: readonly r.ClassScores[] = r.labelScores([0.1, 0.9], [0, 1], 2).classes;
export const regression: r.RegressionScores = r.regressionScores([1], [1]);
export const numbers: number[] = [r.accuracy([1, 0], [0], 2), r.argmax([1, 0], 0, 2), r.topK([1, 0], [0], 2, 1)];
