/** The page of `nabla inspect --html`: what a model was compiled to, in pictures and tables. */

import type { Built } from "../../compile.ts";
import { totalFlops } from "../../flops.ts";
import { bytes, count } from "../quantities.ts";
import { definitions, escapeHtml, page, section, tableOf } from "../report/page.ts";
import { drawArena, liveRanges } from "./arena-chart.ts";
import { functionSizes, type Part, sectionSizes } from "./code-size.ts";
import { costsOf, type GroupCost } from "./costs.ts";
import type { Gradients } from "./gradients.ts";
import { drawHistogram, histogramOf, shortNumber } from "./histogram.ts";
import { drawGraph, mostNodes, parts } from "./picture.ts";
import type { Roof } from "./roof.ts";
import { drawRoofline, type RoofPoint } from "./roofline.ts";
import { viewerParts, zoomable } from "./viewer.ts";

export interface InspectedModel {
  /** Of the model file, as it was named. */
  readonly path: string;
  readonly train: Built;
  readonly infer: Built;
  /** Nanoseconds of each kernel, of both modules. */
  readonly times: { readonly train: ReadonlyMap<string, number>; readonly infer: ReadonlyMap<string, number> };
  readonly roof: Roof;
  /** Of a checkpoint. */
  readonly weights?: ReadonlyMap<string, ArrayLike<number>> | undefined;
  readonly gradients?: Gradients | undefined;
}

/** HTML. */
export async function inspectionPage(model: InspectedModel): Promise<string> {
  const { path, train, infer, times, roof } = model;
  const functions = [
    { title: "Inference", built: infer, name: "infer", times: times.infer },
    { title: "Training step", built: train, name: "step", times: times.train },
  ] as const;
  const timed = functions.map(({ built, name, times: own }) => withTimes(costsOf(built, name), own));
  const sections = [
    section("Summary", definitions(summary(model))),
    ...(await Promise.all(
      functions.map(async ({ title, built, name }) => section(`${title}: graph`, await picture(built, name))),
    )),
    section(
      "How fast each part runs",
      `<p>${roofText(roof)}</p>${await drawRoofline(new Map(functions.map(({ name }, i) => [name, timed[i]!])), roof)}`,
    ),
    ...functions.map(({ title }, i) => section(`${title}: time, FLOPs and bytes`, costTable(timed[i]!))),
    ...(await Promise.all(
      functions.map(async ({ title, built, name }) => section(`${title}: arena`, await arena(built, name))),
    )),
    ...functions.map(({ title, built }) => section(`${title}: bytes of the module`, sizes(built))),
    ...(await histograms(model)),
  ];
  return page(`Inspection of ${path}`, sections, viewerParts());
}

function summary({ path, train, infer }: InspectedModel): [string, string][] {
  const { manifest } = train;
  const parameters = manifest.parameters.reduce((sum, { dims }) => sum + dims.reduce((p, d) => p * d, 1), 0);
  const flops = (["forward", "adjoint", "update"] as const).map((part) => totalFlops(manifest.flops[part]!));
  const rows = `${manifest.batch} ${manifest.batch === 1 ? "row" : "rows"}`;
  return [
    ["model file", path],
    ["batch", rows],
    ["element type", manifest.dtype],
    ["parameters", count(parameters)],
    ["inference module", bytes(infer.wasm.length)],
    ["training module", bytes(train.wasm.length)],
    ["FLOPs of an inference", `${count(totalFlops(infer.manifest.flops.infer))} for ${rows}`],
    ["FLOPs of a step", `${flops.map(count).join(" + ")}: forward, adjoint, update`],
    ["model", manifest.hash],
    ["engine", `Node ${process.versions.node}, V8 ${process.versions.v8}`],
  ];
}

async function picture(built: Built, name: string): Promise<string> {
  const compiled = built.functions.find((one) => one.name === name)!;
  const svg = await drawGraph(compiled.graph);
  if (svg === undefined) {
    return `<p>More than ${mostNodes} nodes: no picture. <code>nabla inspect --dump=${name}/simplify</code> has them as text.</p>`;
  }
  const legend = parts.map((part) => `<span class="key ${part}">${part}</span>`);
  return `<p>${legend.join(" ")}</p>${zoomable(svg, `graph of ${name}`)}`;
}

type Timed = GroupCost & RoofPoint;

const withTimes = (costs: readonly GroupCost[], times: ReadonlyMap<string, number>): Timed[] =>
  costs.map((cost) => ({
    ...cost,
    nanoseconds: cost.kernels.reduce((sum, kernel) => sum + (times.get(kernel) ?? 0), 0),
  }));

const roofText = ({ flops, cache, memory }: Roof): string =>
  escapeHtml(
    `Each point is a group of fused operations. The engine does at most ${flops.toFixed(1)} GFLOP/s of multiplications and ` +
      `additions, reads ${cache.toFixed(0)} GB/s from its nearest cache and ${memory.toFixed(1)} GB/s from memory, measured just now. ` +
      "Kernels ran alone, again and again, so small ones read from the cache, and their bytes count whole buffers.",
  );

function costTable(groups: readonly Timed[]): string {
  const total = groups.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const cells = groups.map(({ name, ops, lines, flops, bytes: moved, nanoseconds, tile }) => [
    name,
    ops.join(" ") || "copy",
    lines.join(" "),
    { text: `${count(Math.round(nanoseconds))}\u00a0ns`, shade: total > 0 ? nanoseconds / total : 0 },
    count(flops),
    bytes(moved),
    (flops / nanoseconds).toFixed(1),
    tile,
  ]);
  const sum = (of: (group: Timed) => number) => groups.reduce((all, group) => all + of(group), 0);
  const last = [
    "all",
    "",
    "",
    `${count(Math.round(total))}\u00a0ns`,
    count(sum(({ flops }) => flops)),
    "",
    (sum(({ flops }) => flops) / total).toFixed(1),
    "",
  ];
  const head = ["group", "operations", "lines", "time", "FLOPs", "bytes moved", "GFLOP/s", "tile"];
  return tableOf("A full batch; darker is longer", [head, ...cells, last]);
}

async function arena({ functions, manifest }: Built, name: string): Promise<string> {
  const { plan } = functions.find((one) => one.name === name)!;
  const ranges = liveRanges(plan);
  if (ranges.length === 0) return "<p>Nothing needs a place of its own: every value goes where it stays.</p>";
  const rows = ranges.map(({ name: buffer, first, last, from, to }) => [
    buffer,
    `${first} to ${last}`,
    `${count(from)} to ${count(to)}`,
    bytes(to - from),
  ]);
  const table = tableOf(`Temporaries at a batch of ${manifest.batch}`, [["name", "groups", "place", "size"], ...rows]);
  const limits = `${bytes(plan.arena.bytes)}; at least ${bytes(plan.arena.lowerBoundBytes)} are alive at once.`;
  return `<p>${limits}</p>${await drawArena(ranges, plan.arena.bytes)}${details("As a table", table)}`;
}

function sizes({ plan, wasm }: Built): string {
  const rows = (parts: readonly Part[]) =>
    parts.map(({ name, bytes: size }) => [name, { text: count(size), shade: size / wasm.length }]);
  const whole = tableOf("Sections, in bytes", [
    ["section", "bytes"],
    ...rows(sectionSizes(wasm)),
    ["all", count(wasm.length)],
  ]);
  const code = tableOf("Code of each function, in bytes", [["function", "bytes"], ...rows(functionSizes(plan))]);
  return `${whole}${details("Functions", code)}`;
}

async function histograms({ weights, gradients, train }: InspectedModel): Promise<string[]> {
  if (!weights) return [];
  const names = train.manifest.parameters.map(({ name }) => name);
  const drawn = async (values: ReadonlyMap<string, ArrayLike<number>>) =>
    (await Promise.all(names.flatMap((name) => (values.has(name) ? [figure(name, values.get(name)!)] : [])))).join(
      "\n",
    );
  const slopes = gradients
    ? `<p>Over the first ${gradients.rows} rows of the data, by the interpreter in float64.</p><div class="figures">${await drawn(gradients.values)}</div>`
    : "<p>Gradients need rows: give --data beside --weights.</p>";
  return [section("Parameters", `<div class="figures">${await drawn(weights)}</div>`), section("Gradients", slopes)];
}

async function figure(name: string, values: ArrayLike<number>): Promise<string> {
  const histogram = histogramOf(values);
  const bad = histogram.notFinite > 0 ? `, ${count(histogram.notFinite)} not finite` : "";
  const text = `${name}: ${count(values.length)} from ${shortNumber(histogram.low)} to ${shortNumber(histogram.high)}${bad}`;
  return `<figure>${await drawHistogram(histogram)}<figcaption>${escapeHtml(text)}</figcaption></figure>`;
}

const details = (title: string, body: string): string => `<details><summary>${title}</summary>${body}</details>`;
