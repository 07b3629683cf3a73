/** `nabla inspect`: what a model is compiled to, as text. */

import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { load, type Tensor } from "../../../runtime/index.ts";
import { namedCotangents } from "../../adjoint/named.ts";
import { printAdjoint } from "../../adjoint/print.ts";
import { type Built, compile } from "../../compile.ts";
import type { ColumnMap } from "../../data/types.ts";
import { totalFlops } from "../../flops.ts";
import { type Origin, printSource } from "../../graph/origin.ts";
import type { FloatType } from "../../graph/types.ts";
import { UserError } from "../../tasks/errors.ts";
import { type ModelFile, modelName, readModelFile } from "../../tasks/model-file.ts";
import { requireOutputs } from "../../tasks/outputs.ts";
import { bytes, count } from "../../tasks/quantities.ts";
import { tileFileOf } from "../../tasks/saved-tiles.ts";
import { writeTogether } from "../../tasks/write-together.ts";
import { openStages, type StageFlags } from "../stages.ts";
import { heading, note, print, table } from "../terminal.ts";
import { working } from "../working.ts";

export interface InspectFlags extends StageFlags {
  readonly batch?: number;
  readonly dtype?: FloatType;
  /** Only the loss and its adjoint, as code. */
  readonly adjoint?: boolean;
  /** True: NAME.html beside where one stands. */
  readonly html?: string | true;
  /** A checkpoint, for the histograms of the page. */
  readonly weights?: string;
  readonly data?: readonly string[];
  readonly map?: ColumnMap;
}

export async function inspect(path: string, flags: InspectFlags): Promise<void> {
  const { batch, dtype } = flags;
  working(`${path}: compiling`);
  const file = await readModelFile(path);
  if (flags.html !== undefined) return writePage(path, file, flags);
  if (flags.weights ?? flags.data) throw new UserError("--weights, --data: expected --html beside them, got none");
  const stages = openStages(flags);
  const built = await stages.run(() =>
    file.explaining(() => compile(file.model, { ...stages.options, mode: "train", batch, dtype })),
  );
  if (!built || stages.printsStage) return;
  if (flags.adjoint) return print(adjointOf(built));
  const { manifest } = built;
  print(`${path}: ${manifest.dtype}, batch ${manifest.batch}, model ${manifest.hash.slice(0, 12)}`);
  section("parameters", await parametersTable(built));
  section("inference, simplified", stage(built, "infer/simplify"));
  section("training step, simplified: forward, adjoint, update", stage(built, "step/simplify"));
  section("arena of inference", stage(built, "infer/plan"));
  section("arena of the training step", stage(built, "step/plan"));
  section("costs", costsTable(built));
  section("graphs", graphTable(built));
  section("bytes", bytesTable(built));
}

async function writePage(path: string, file: ModelFile, flags: InspectFlags): Promise<void> {
  const { batch, dtype, weights, data, html } = flags;
  const { map } = flags;
  const target = typeof html === "string" ? html : `${modelName(path)}.html`;
  const read = [path, ...file.sources, tileFileOf(path), ...(weights === undefined ? [] : [weights]), ...(data ?? [])];
  requireOutputs([{ path: target, kind: "page" }], read);
  note(`${path}: compiling, timing every kernel`);
  const [{ inspectModel }, { inspectionPage }] = await Promise.all([
    import("../../tasks/inspect-model.ts"),
    import("../../tasks/inspect-page/page.ts"),
  ]);
  const inspected = await file.explaining(() => inspectModel(path, file.model, { batch, dtype, weights, data, map }));
  writeTogether(dirname(target), new Map([[basename(target), await inspectionPage(inspected)]]));
  print(target);
}

function adjointOf({ program: { step, states, gradients } }: Built): string {
  const loss = step.outputs.find(({ name }) => name === "loss")!.node;
  const parameters = states.filter(({ trainable }) => trainable).map(({ node }) => node);
  const cotangents = namedCotangents(loss, parameters, [...gradients.values()]);
  return printAdjoint(loss, gradients, cotangents, sourceLine);
}

/** "model.ts:9:19  const hidden = ..." */
function sourceLine(origin: Origin | undefined): string {
  if (origin === undefined) return "outside of the model file";
  const { span } = origin;
  const line = span ? readFileSync(span.file, "utf8").split("\n")[span.line - 1]!.trim() : "";
  return `${heading(printSource(origin))}  ${line}`.trimEnd();
}

function section(title: string, text: string): void {
  print(`\n${heading(title)}\n${text}`);
}

const stage = ({ stages }: Built, name: string): string => stages.find((record) => record.name === name)?.text() ?? "";

async function parametersTable({ wasm, manifest, program }: Built): Promise<string> {
  const net = await load(wasm as Uint8Array<ArrayBuffer>);
  net.init(program.seed);
  const size = (dims: readonly number[]) => dims.reduce((p, d) => p * d, 1);
  const rows = manifest.parameters.map(({ name, dims }) => [
    name,
    `[${dims.join(",")}]`,
    count(size(dims)),
    describeValues(net.parameters[name]!),
  ]);
  const total = manifest.parameters.reduce((sum, { dims }) => sum + size(dims), 0);
  return table([["name", "shape", "count", `initial, seed ${program.seed}`], ...rows, ["total", "", count(total), ""]]);
}

/** "0" where all are, else "mean 0.0012, deviation 0.0498". */
function describeValues(tensor: Tensor): string {
  const values = Float64Array.from(tensor);
  const first = values[0]!;
  if (values.every((value) => value === first)) return String(first);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return `mean ${mean.toFixed(4)}, deviation ${Math.sqrt(variance).toFixed(4)}`;
}

function costsTable(built: Built): string {
  const { flops, batch } = built.manifest;
  const perRow = (total: number) => count(Math.round(total / batch));
  const parts = ["infer", "evaluate", "forward", "adjoint", "update"] as const;
  const rows = parts.flatMap((name) => {
    const part = flops[name];
    return part ? [[name, count(part.arithmetic), count(part.activations), perRow(totalFlops(part))]] : [];
  });
  const step = [flops.forward, flops.adjoint, flops.update].map((part) => part ?? { arithmetic: 0, activations: 0 });
  const sum = (kind: "arithmetic" | "activations") => step.reduce((total, part) => total + part[kind], 0);
  const total = [
    "step: all three",
    count(sum("arithmetic")),
    count(sum("activations")),
    perRow(sum("arithmetic") + sum("activations")),
  ];
  return `${table([["FLOPs of a batch", "arithmetic", "activations", "per row"], ...rows, total])}\n${convention}`;
}

const convention = "Dense layers from N to M count 2MN a row with bias, 2MN - M without; activations one an element.";

function graphTable(built: Built): string {
  const lines = (name: string) => count(stage(built, name).split("\n").length);
  const rows = ["infer", "evaluate", "step"].map((name) => [name, lines(`${name}/graph`), lines(`${name}/simplify`)]);
  return table([["lines of graph", "as traced", "simplified"], ...rows]);
}

function bytesTable({ wasm, manifest: { memory } }: Built): string {
  return table(
    [
      ["module", bytes(wasm.length), ""],
      ["memory", bytes(memory.pages * 65_536), `${memory.pages} ${memory.pages === 1 ? "page" : "pages"}`],
      ["  parameters, optimiser state", bytes(memory.stateBytes), ""],
      ["  inputs, targets, outputs", bytes(memory.exchangeBytes), ""],
      ["  constants", bytes(memory.constantBytes), ""],
      ["  arena", bytes(memory.arenaBytes), `at least ${bytes(memory.lowerBoundBytes)}`],
    ],
    { head: false },
  );
}
