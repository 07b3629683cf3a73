/** The report of a training run: whole, without a request, with everything escaped; looked at in Chromium where there is one. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { page, section, tableOf } from "../../compiler/cli/report/page.ts";
import { trainingReport } from "../../compiler/cli/report/training.ts";
import { readModelFile } from "../../compiler/cli/tasks/model-file.ts";
import { trainModel } from "../../compiler/cli/tasks/train-model.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { createProject } from "../cli/setup.ts";
import { chromium } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { look } from "./look.ts";

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
      "Test: species",
      "Settings",
    ]);
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).toContain("<caption>Confusion matrix: the truth in rows, answers in columns</caption>");
    expect(html).toMatch(/<dt>rows<\/dt><dd>90 train, 30 validation, 30 test<\/dd>/);
    expect(html).not.toMatch(/<script|<link|src=|href="http/);
  });

  test("cells are escaped, and as dark as they are told", () =>
    expect(
      tableOf("<b>", [
        ["", "a"],
        ["<i>", { text: "3", shade: 0.75 }],
      ]),
    ).toContain('<tr><th>&#60;i&#62;</th><td style="--shade:75%">3</td></tr>'));

  test("nabla train --report writes it beside the checkpoint", async () => {
    const project = createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });
    const { code, stderr } = await project.nabla(
      ...["train", "points.model.ts", "--data", "points.csv", "--map", "point=x,y", "--epochs", "3"],
      ...["--test-split", "0.2", "--out", "run/points.safetensors", "--report"],
    );
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({ code: 0, last: "report: run/report.html" });
    expect(readFileSync(project.path("run/report.html"), "utf8")).toContain("<h1>Training of points</h1>");
  });

  test.skipIf(!isThere(chromium))("in Chromium: drawn, no complaint, no request", { timeout: 60_000 }, async () => {
    const file = join(mkdtempSync(join(tmpdir(), "nabla-report-")), "report.html");
    writeFileSync(file, await irisReport());
    const seen = await look("chrome", chromium.program, file, "out/screenshots/report.png");
    expect(seen).toEqual({ complaints: [], requests: 1, charts: 2 });
  });
});

test("a page is a whole document", () =>
  expect(page("t", [section("s", "<p>x</p>")])).toMatch(
    /^<!doctype html>[\s\S]*<h2>s<\/h2>\n<p>x<\/p>[\s\S]*<\/html>\n$/,
  ));
