/** The page of nabla inspect --html: its numbers are those of the modules, it is whole, and two browsers show it. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { totalFlops } from "../../compiler/flops.ts";
import { nodesOf, reachable } from "../../compiler/graph/graph.ts";
import { nodeNames } from "../../compiler/graph/print.ts";
import { inspectModel } from "../../compiler/tasks/inspect-model.ts";
import { drawArena, liveRanges } from "../../compiler/tasks/inspect-page/arena-chart.ts";
import { functionSizes, sectionSizes } from "../../compiler/tasks/inspect-page/code-size.ts";
import { costsOf } from "../../compiler/tasks/inspect-page/costs.ts";
import { drawHistogram, histogramOf } from "../../compiler/tasks/inspect-page/histogram.ts";
import { type InspectedModel, inspectionPage } from "../../compiler/tasks/inspect-page/page.ts";
import { dotOf } from "../../compiler/tasks/inspect-page/picture.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { load } from "../../runtime/index.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { createProject } from "../cli/setup.ts";
import { chromium, firefox } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { look } from "./look.ts";

const data = ["examples/iris/iris.csv"];
let inspected: InspectedModel;
let html: string;

beforeAll(async () => {
  const { model } = await readModelFile("examples/iris/iris.model.ts");
  const weights = join(mkdtempSync(join(tmpdir(), "nabla-inspect-")), "iris.safetensors");
  await trainModel({ model, data, epochs: 2, checkpoint: { file: weights } });
  inspected = await inspectModel("iris <&>.model.ts", model, { weights, data });
  html = await inspectionPage(inspected);
});

describe("the numbers", () => {
  test("sections add up to the file, functions to the code", () => {
    const { wasm, plan } = inspected.train;
    const sum = (parts: readonly { bytes: number }[]) => parts.reduce((total, { bytes }) => total + bytes, 0);
    const sections = sectionSizes(wasm);
    expect(sum(sections)).toBe(wasm.length);
    const functions = functionSizes(plan);
    // The section's own id, length and count of functions are not in them.
    const around = sections.find(({ name }) => name === "code")!.bytes - sum(functions);
    expect(around).toBeGreaterThan(2);
    expect(around).toBeLessThan(8);
    // Kernels of the same code are one function, under the name of the first.
    const kernels = plan.kernels.map(({ name }) => name);
    const own = functions.map(({ name }) => name).filter((name) => kernels.includes(name));
    expect(own.length).toBeGreaterThan(kernels.length / 2);
    expect(own.length).toBeLessThan(kernels.length);
    expect(own).toContain("step.0");
  });

  test.each(["infer", "step"])("%s: FLOPs are those of the manifest, every kernel has a time", (name) => {
    const built = name === "infer" ? inspected.infer : inspected.train;
    const { flops } = built.manifest;
    const parts = name === "infer" ? [flops.infer] : [flops.forward!, flops.adjoint!, flops.update!];
    const costs = costsOf(built, name);
    expect(costs.reduce((sum, cost) => sum + cost.flops, 0)).toBe(
      parts.reduce((sum, part) => sum + totalFlops(part), 0),
    );
    const times = name === "infer" ? inspected.times.infer : inspected.times.train;
    const kernels = built.functions.find((one) => one.name === name)!.loops.map((loop) => loop.name);
    expect(costs.flatMap((cost) => cost.kernels)).toEqual(kernels);
    for (const kernel of kernels) expect(times.get(kernel)).toBeGreaterThan(0);
    expect(costs[0]!.bytes).toBeGreaterThan(0);
  });

  test("rectangles of the arena are those of the plan, none over another", () => {
    const { plan } = inspected.train.functions.find((one) => one.name === "step")!;
    const ranges = liveRanges(plan);
    const offsets = [...plan.arena.offsets].map(([buffer, offset]): [string, number] => [buffer.name, offset]);
    expect(ranges.map(({ name, from }) => [name, from])).toEqual(offsets.sort(byName(ranges)));
    expect(Math.max(...ranges.map(({ to }) => to))).toBeLessThanOrEqual(plan.arena.bytes);
    // A value that is updated in place shares the memory of the one before, at the group where they meet.
    const overlapping = ranges.flatMap((a, i) =>
      ranges.slice(i + 1).filter((b) => a.from < b.to && b.from < a.to && a.first < b.last && b.first < a.last),
    );
    expect(overlapping).toEqual([]);
  });

  test("parts of a step: the loss is forward, what reads Adam's moments is the update", () => {
    const { graph } = inspected.train.functions.find((one) => one.name === "step")!;
    const optimizer = new Set(
      inspected.train.program.states.filter((s) => s.role === "optimizer").map(({ node }) => node),
    );
    const nodes = nodesOf(graph);
    for (const node of reachable(graph.outputs.map((output) => output.node))) expect(node.region).toBe("forward");
    for (const { value } of graph.updates) expect(value.region).toBe("update");
    const readers = nodes.filter(({ inputs }) => inputs.some((input) => optimizer.has(input)));
    expect(readers.length).toBeGreaterThan(8);
    for (const { region } of readers) expect(region).toBe("update");
    const adjoint = nodes.filter(({ region }) => region === "adjoint").map(({ op }) => op.name);
    expect(adjoint).toContain("matmul");
    const names = nodeNames(graph, nodes);
    const loss = graph.outputs[0]!.node;
    expect(dotOf(graph)).toContain(`${names.of(loss)}\\n${loss.op.name}`);
    expect(dotOf(graph)).toContain("class=adjoint");
  });

  test("gradients agree with a step of plain gradient descent", async () => {
    const { model } = await readModelFile("examples/iris/iris.model.ts");
    const { sgd } = await import("../../compiler/dsl/index.ts");
    const plain = { ...model, spec: { ...model.spec, optimizer: sgd({ rate: 1 }) } };
    const built = await compile(plain, { mode: "train", dtype: "f64", weights: inspected.weights! });
    const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
    const { readTrainingData, takeRows } = await import("../../compiler/tasks/training-data.ts");
    const all = await readTrainingData(built.program, { data, seed: 0 });
    const rows = inspected.gradients!.rows;
    expect(rows).toBe(16);
    const first = takeRows(
      built.program,
      all.train,
      Array.from({ length: rows }, (_, i) => i),
    );
    const before = structuredClone(net.save().tensors);
    net.step(first.inputs, first.targets, rows);
    for (const [name, gradient] of inspected.gradients!.values)
      for (let i = 0; i < gradient.length; i++)
        expect(before[name]![i]! - net.parameters[name]![i]!).toBeCloseTo(gradient[i]!, 9);
  });

  test("a histogram counts every value once", () => {
    expect(histogramOf([0, 1, 2, 3, 4, Number.NaN], 4)).toEqual({
      low: 0,
      high: 4,
      counts: [1, 1, 1, 2],
      notFinite: 1,
    });
    expect(histogramOf([5, 5], 3)).toEqual({ low: 5, high: 5, counts: [2, 0, 0], notFinite: 0 });
    expect(histogramOf([], 2)).toEqual({ low: 0, high: 0, counts: [0, 0], notFinite: 0 });
  });

  test.each([[[1, 1, 1]], [[1, 2, 2]], [Array.from({ length: 5000 }, (_, i) => i)]])(
    "counts are whole numbers: %#",
    async (values) => {
      const svg = await drawHistogram(histogramOf(values));
      // The axis of counts is the one whose labels end at it.
      const labels = [...svg.matchAll(/text-anchor="end"[^>]*>([^<]*)</g)].map(([, text]) => text!.replaceAll(",", ""));
      expect(labels.length).toBeGreaterThan(1);
      for (const label of labels) expect(Number.isInteger(Number(label)), label).toBe(true);
    },
  );

  test("what the engine can do is more than nothing", () => {
    for (const speed of Object.values(inspected.roof)) expect(speed).toBeGreaterThan(0);
  });
});

describe("the page", () => {
  test("has every section, is escaped, asks for nothing", () => {
    expect(html).toContain("<h1>Inspection of iris &#60;&#38;&#62;.model.ts</h1>");
    expect([...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      "Summary",
      "Inference: graph",
      "Training step: graph",
      "How fast each part runs",
      "Inference: time, FLOPs and bytes",
      "Training step: time, FLOPs and bytes",
      "Inference: arena",
      "Training step: arena",
      "Inference: bytes of the module",
      "Training step: bytes of the module",
      "Parameters",
      "Gradients",
    ]);
    // The one script is inside; the browser is told to ask for nothing.
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script [^>]|<link|src=|<\?xml/);
    for (const [address] of html.matchAll(/https?:[^"'\s]*/g)) expect(address).toMatch(/^http:\/\/www\.w3\.org\//);
  });

  test("an arena without temporaries needs no chart; one with has a label where it fits", async () => {
    const range = { name: "step.hidden", first: 0, last: 3, from: 0, to: 64 };
    expect(await drawArena([range], 64)).toContain("step.hidden");
  });

  const browsers = [
    ["chrome", chromium],
    ["firefox", firefox],
  ] as const;
  for (const [kind, browser] of browsers)
    test.skipIf(!isThere(browser))(`in ${browser.name}: drawn, no complaint, no request`, async () => {
      const file = join(mkdtempSync(join(tmpdir(), "nabla-inspect-")), "inspect.html");
      writeFileSync(file, html);
      const { complaints, requests, charts } = await look(
        kind,
        browser.program,
        file,
        `out/screenshots/inspect-${kind}.png`,
      );
      expect(complaints).toEqual([]);
      expect(requests).toBe(1);
      // Two graphs, a roofline, two arenas, and a histogram of each parameter, trained ones twice.
      expect(charts).toBe(5 + inspected.train.manifest.parameters.length + inspected.gradients!.values.size);
    });
});

describe("nabla inspect --html", () => {
  const project = () => createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });

  test("writes a page and says where", async () => {
    const made = project();
    const { code, stdout } = await made.nabla("inspect", "points.model.ts", "--html", "look/points.html");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "look/points.html\n" });
    const page = readFileSync(made.path("look/points.html"), "utf8");
    expect(page).toContain("<h1>Inspection of points.model.ts</h1>");
    expect(page).not.toContain("<h2>Gradients</h2>");
  });

  test.each([
    [["--weights", "points.csv", "--html"], /points\.csv/],
    [["--weights", "points.csv"], /--weights, --data: expected --html beside them, got none/],
    [["--html", "--data", "points.csv"], /--data: expected --weights beside it, got none/],
  ])("%j is refused, and nothing is written", async (flags, message) => {
    const made = project();
    const { code, stderr } = await made.nabla("inspect", "points.model.ts", ...flags);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(made.files()).toEqual(["points.csv", "points.model.ts"]);
  });
});

const byName = (ranges: readonly { name: string }[]) => {
  const order = new Map(ranges.map(({ name }, at) => [name, at]));
  return ([a]: [string, number], [b]: [string, number]) => order.get(a)! - order.get(b)!;
};
