/** Training as a build step: what is trained once, what is trained again, and what is said. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseRequest, type TrainRequest } from "../../compiler/plugin/request.ts";
import { trainedWeights } from "../../compiler/plugin/trained.ts";
import { writeTypes } from "../../compiler/plugin/types.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { type WebProject, webProject } from "./project.ts";

async function train(project: WebProject, query = "epochs=20") {
  const lines: string[] = [];
  const id = `${project.path("points.model.ts")}?trained&data=./points.csv&${query}`;
  const file = await readModelFile(project.path("points.model.ts"));
  const log = (line: string) => lines.push(line);
  const weights = await trainedWeights(file, parseRequest(id) as TrainRequest, { cache: project.path("cache"), log });
  return { lines, weights, bytes: readFileSync(weights) };
}

test("ten lines on the way, one at the end, and one for what was cached", async () => {
  const project = webProject();
  const first = await train(project, "epochs=20&accuracy=0.9");
  expect(first.lines.length).toBe(11);
  expect(first.lines[0]).toMatch(/^training: points, epoch 2\/20, loss \d/);
  expect(first.lines.at(-1)).toBe("trained: points, 20 epochs, accuracy 100.0% of 6 rows held out");
  const second = await train(project, "epochs=20&accuracy=0.9");
  expect(second.lines).toEqual(["cached: points, 20 epochs, accuracy 100.0% of 6 rows held out"]);
  expect(second.weights).toBe(first.weights);
});

test("a folder elsewhere gives the same name and the same bytes: the cache can be shared", async () => {
  const here = await train(webProject());
  const there = await train(webProject());
  expect(there.lines[0]).toMatch(/^training/);
  expect(there.weights.split("/").at(-1)).toBe(here.weights.split("/").at(-1));
  expect(there.bytes).toEqual(here.bytes);
});

test("what decides the weights is in the key: data, graph, seed, epochs, batch, type, split", async () => {
  const project = webProject();
  const { weights } = await train(project);
  const others = new Set([weights]);
  for (const query of ["epochs=21", "seed=4", "batch=5", "dtype=f64", "testSplit=0.1"].map((part) =>
    part.startsWith("epochs") ? part : `epochs=20&${part}`,
  ))
    others.add((await train(project, query)).weights);
  project.write("points.csv", pointsTable(33));
  others.add((await train(project)).weights);
  project.write("points.model.ts", pointsModel({ "rate: 0.1": "rate: 0.2" }));
  others.add((await train(project)).weights);
  expect(others.size).toBe(8);
  // The model's own seed, said.
  project.write("points.csv", pointsTable());
  project.write("points.model.ts", pointsModel());
  expect((await train(project, "epochs=20&seed=3")).lines).toEqual(["cached: points, 20 epochs"]);
});

test("a damaged cache is dropped with one line, and made again to the same bytes", async () => {
  const project = webProject();
  const first = await train(project, "epochs=4&accuracy=0.01");
  const record = first.weights.replace(/safetensors$/, "json");
  const kept = readFileSync(record, "utf8");
  const damages: [file: string, contents: string | Uint8Array][] = [
    [record, ""],
    [record, kept.slice(0, 20)],
    [record, "null"],
    [record, kept.replace(/"accuracy":[\d.]+/, '"accuracy":1.33')],
    [record, kept.replace(/"rows":\d+/, '"rows":-6')],
    [record, kept.replace('"epochs":4', '"epochs":400')],
    [record, '{"epochs":4}'],
    [first.weights, ""],
    [first.weights, first.bytes.subarray(0, first.bytes.length - 4)],
    [first.weights, first.bytes.map((byte, i) => (i === 700 ? byte ^ 1 : byte))],
  ];
  for (const [file, contents] of damages) {
    writeFileSync(file, contents);
    const again = await train(project, "epochs=4&accuracy=0.01");
    expect(again.lines.filter((line) => line.startsWith("the cache of points, 4 epochs is damaged"))).toHaveLength(1);
    expect(again.lines.at(-1)).toMatch(/^trained: points/);
    expect(again.bytes).toEqual(first.bytes);
    expect(readFileSync(record, "utf8")).toBe(kept);
    expect((await train(project, "epochs=4&accuracy=0.01")).lines).toEqual([expect.stringMatching(/^cached: points/)]);
  }
});

test("what no training has written is not in the way of one, and a cache that takes nothing is said to", async () => {
  const project = webProject();
  const { weights } = await train(project, "epochs=1");
  rmSync(weights.replace(/safetensors$/, "json"));
  rmSync(weights);
  mkdirSync(join(weights, "folder"), { recursive: true });
  writeFileSync(`${weights}.previous`, "cut");
  expect((await train(project, "epochs=1")).lines.at(-1)).toMatch(/^trained: points/);
  rmSync(project.path("cache"), { recursive: true });
  project.write("cache", "a file");
  await expect(train(project, "epochs=1")).rejects.toThrow(
    /^the cache of [?]trained cannot be written: .*cache: file already exists/,
  );
});

test("types that cannot be written are a warning", () => {
  const project = webProject();
  project.write("types", "a file");
  const said = writeTypes(project.path("types"), "./points.model.ts?infer", "// banner\n");
  expect(said).toMatch(/^the types of ".*" cannot be written: .*types: file already exists/);
  expect(readFileSync(project.path("types"), "utf8")).toBe("a file");
  expect(writeTypes(project.path("new"), "./größe.model.ts?infer", "// banner\n")).toBeUndefined();
  expect(readdirSync(project.path("new"))).toEqual(["größe.model.ts-infer.d.ts"]);
});

test("an accuracy that is missed is missed again from the cache", async () => {
  const project = webProject();
  project.write(
    "points.csv",
    `x,y,kind\n${["north", "south", "west"].map((kind) => `0,0,${kind}\n`.repeat(9)).join("")}`,
  );
  const missed = /accuracy after 2 epochs\n {4}expected {2}at least 80\.0%\n {4}got {7}\d+\.\d% of \d rows held out/;
  await expect(train(project, "epochs=2&accuracy=0.8")).rejects.toThrow(missed);
  await expect(train(project, "epochs=2&accuracy=0.8")).rejects.toThrow(missed);
  expect(readdirSync(project.path("cache")).length).toBe(2);
  // Stated in the model file, and overridden.
  project.write("points.model.ts", pointsModel().replace("model({", "model({ accuracy: 0.8,"));
  await expect(train(project, "epochs=2")).rejects.toThrow(missed);
  expect((await train(project, "epochs=2&accuracy=0.01")).lines.at(-1)).toMatch(/^cached: points, 2 epochs, accuracy/);
});
