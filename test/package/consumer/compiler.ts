/** Every export of "nabla/compiler". */
import * as c from "nabla/compiler";
import { net } from "./dsl.ts";

const options: c.CompileOptions = { mode: "infer", name: "net", seed: 1 };

export async function built(): Promise<c.Manifest> {
  const file: c.ModelFile = await c.readModelFile("net.model.ts");
  const training: c.TrainModelOptions = { model: net, data: "net.csv", epochs: 3, testSplit: 0.2 };
  const trained: c.TrainedModel = await c.trainModel(training);
  const weights: c.Weights = trained.net.parameters;
  const compiled: c.Built = await c.compile(file.model, { ...options, weights });
  const target: c.Target = "wasm";
  const bundle: c.Bundle = await c.buildBundle(net, { name: "net", target } satisfies c.BundleOptions);
  const evaluating: c.EvaluateOptions = { weights: "net.safetensors", data: "net.csv" };
  const { judgements }: c.EvaluatedModel = await c.evaluateModel(net, evaluating);
  const judged: c.Judgement[] = [...judgements, ...c.judge(trained, { outputs: {} }, {})];
  const { tensors } = c.readCheckpoint("net.safetensors");
  c.writeCheckpoint("copy.safetensors", tensors);
  const { rows } = await c.readDataset({ files: ["net.csv"], fields: { inputs: [], targets: [] } } as never);
  void [compiled.wasm, bundle.files, judged, c.splitRows(rows, { test: 0.2, seed: 1 }).test];
  // Bytes that what compiles or sends them takes without a cast.
  const bytes: Uint8Array<ArrayBuffer> = compiled.wasm;
  return bytes.length > 0 ? compiled.manifest : bundle.built.manifest;
}

export function explained(error: unknown): string | readonly c.Diagnostic[] {
  if (error instanceof c.CompileError)
    return error.diagnostics.length > 1 ? error.diagnostics : c.formatDiagnostics(error);
  if (error instanceof c.DataError) return error.file;
  return error instanceof c.CheckpointError || error instanceof c.Stopped ? error.message : "";
}
