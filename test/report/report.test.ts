/** The report of a training run: whole, without a request, with everything escaped; looked at in Chromium where there is one. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { plateau, sgd, stepDecay } from "../../compiler/dsl/index.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { page, section, tableOf } from "../../compiler/tasks/report/page.ts";
import { trainingReport } from "../../compiler/tasks/report/training.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { createProject } from "../cli/setup.ts";
import { chromium } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { look, withView } from "./look.ts";

const closeTo = (value: number) => expect.closeTo(value, 8);

async function irisReport(): Promise<string> {
  const { model } = await readModelFile("examples/iris/iris.model.ts");
  const data = "examples/iris/iris.csv";
  const trained = await trainModel({ model, data, testSplit: 0.2, validationSplit: 0.2, epochs: 8, seed: 1 });
  return trainingReport("iris <&>", trained, [["data files", data]]);
}

describe("the report", () => {
  test("has curves, scores, who was taken for whom, settings; asks for nothing", async () => {
    const html = await irisReport();
    expect(html).toContain("<h1>iris &#60;&#38;&#62;</h1>");
    expect([...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      "Result",
      "Loss",
      "Accuracy",
      "Learning rate",
      "Test: species",
      "Settings",
    ]);
    // For a wide page and for a phone.
    expect(html.match(/<svg /g)).toHaveLength(2 * 3);
    expect(html).toContain("<caption>Confusion matrix: the truth in rows, answers in columns</caption>");
    expect(html).toMatch(/<dt>rows<\/dt><dd>90 train, 30 validation, 30 test<\/dd>/);
    expect(html).not.toMatch(/<script|<link|src=|href="http/);
  });

  test("the epoch that is kept is marked, and the rate of every epoch is drawn", async () => {
    const { model } = await readModelFile("examples/iris/iris.model.ts");
    const optimizer = sgd({ rate: stepDecay({ from: 0.5, factor: 0.5, every: 12 }) });
    const trained = await trainModel({
      model: { ...model, spec: { ...model.spec, optimizer } },
      data: "examples/iris/iris.csv",
      validationSplit: 0.2,
      epochs: 6,
      batch: 10,
      stopping: { patience: 5 },
    });
    // 120 rows are 12 steps an epoch; each epoch has half the rate of the one before.
    for (const { at, rate } of trained.rates) expect(rate).toBe(0.5 ** (1 + Math.ceil(at) - 1));
    expect(trained.rates.map(({ at }) => at)).toEqual(
      Array.from({ length: 72 }, (_, step) => closeTo((step + 1) / 12)),
    );
    const html = await trainingReport("iris", trained, []);
    expect(html.match(new RegExp(`kept: epoch ${trained.best!.found!.epoch + 1}<`, "g"))).toHaveLength(2 * 3);
  });

  test("a rate that waits for a plateau is drawn as it was", async () => {
    const { model } = await readModelFile("examples/iris/iris.model.ts");
    const optimizer = sgd({ rate: plateau({ from: 1e-3, factor: 0.5, patience: 1, threshold: 1e6 }) });
    const trained = await trainModel({
      model: { ...model, spec: { ...model.spec, optimizer } },
      data: "examples/iris/iris.csv",
      epochs: 4,
      batch: 150,
    });
    // Nothing is better by that threshold but the first loss.
    expect(trained.rates.map(({ rate }) => rate)).toEqual([1e-3, 1e-3, 5e-4, 2.5e-4].map((rate) => closeTo(rate)));
  });

  test("cells are escaped, and as dark as they are told", () =>
    expect(
      tableOf("<b>", [
        ["", "a"],
        [`<i title="'&">`, { text: "3", shade: 0.75 }],
      ]),
    ).toContain('<tr><th>&#60;i title=&#34;&#39;&#38;&#34;&#62;</th><td style="--shade:75%">3</td></tr>'));

  test("nabla train --report writes it beside the checkpoint", async () => {
    const project = createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });
    const { code, stderr } = await project.nabla(
      ...["train", "points.model.ts", "--data", "points.csv", "--map", "point=x,y", "--epochs", "3"],
      ...["--test-split", "0.2", "--out", "run/points.safetensors", "--report"],
    );
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({ code: 0, last: "report: run/report.html" });
    expect(readFileSync(project.path("run/report.html"), "utf8")).toContain("<h1>Training of points</h1>");
  });

  test.skipIf(!isThere(chromium))("in Chromium: drawn, no complaint, no request", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "nabla-report-")), "report.html");
    writeFileSync(file, await irisReport());
    const seen = await look("chrome", chromium.program, file, "out/screenshots/report.png");
    expect(seen).toEqual({ complaints: [], requests: 1, charts: 3 });
  });

  test.skipIf(!isThere(chromium))("on a phone in the dark: no wider, nothing white but letters and lines", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "nabla-report-")), "report.html");
    writeFileSync(file, await irisReport());
    await withView("chrome", chromium.program, file, { width: 360, height: 700, isMobile: true }, async (view) => {
      expect(await view.evaluate("document.documentElement.scrollWidth")).toBe(360);
      const lightShare = async () => {
        const { data } = PNG.sync.read(Buffer.from(await view.screenshot({ fullPage: true })));
        const pixels = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 1]!);
        return pixels.filter((green) => green > 160).length / pixels.length;
      };
      expect(await lightShare()).toBeGreaterThan(0.8);
      await view.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
      expect(await lightShare()).toBeLessThan(0.1);
    });
  });
});

test("a page is a whole document", () =>
  expect(page("t", [section("s", "<p>x</p>")])).toMatch(
    /^<!doctype html>[\s\S]*<h2>s<\/h2>\n<p>x<\/p>[\s\S]*<\/html>\n$/,
  ));
