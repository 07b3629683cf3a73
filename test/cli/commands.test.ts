import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsModel, pointsTable, terminalCodes } from "./samples.ts";
import { createProject, type Project } from "./setup.ts";

let project: Project;
beforeAll(async () => {
  project = createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });
  await project.nabla("build", "points.model.ts");
});

describe.concurrent("nabla run", () => {
  const run = (...args: string[]) => project.nabla("run", "points.infer.wasm", "--data", "points.csv", ...args);

  test("a table, with numbers for classes that have no names", async () => {
    const { code, stdout } = await run("--map", "point=x,y");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^row +class +scores\.0 +scores\.1 +scores\.2\n1 +[012]( +-?\d\.\d{4}){3}\n/);
    expect(stdout.trimEnd().split("\n")).toHaveLength(31);
  });

  test("CSV", async () => {
    const { stdout } = await run("--map", "point=x,y", "--csv");
    expect(stdout).toMatch(/^class,scores\.0,scores\.1,scores\.2\n[012](,-?[\d.e-]+){3}\n/);
  });

  test("columns are checked against the module's own inputs", async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^points\.csv:1 data\/missing-column\n/);
    expect(stderr).toContain("input point: [2]");
  });

  test("a file that is no module", async () => {
    const { code, stderr } = await project.nabla("run", "points.csv", "--data", "points.csv");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: points\.csv: expected a module that nabla build wrote, got another file/);
  });
});

describe.concurrent("nabla evaluate", () => {
  const evaluate = async (...args: string[]) => {
    const common = ["--data", "points.csv", "--map", "point=x,y"];
    await project.nabla(
      "train",
      "points.model.ts",
      ...common,
      "--epochs",
      "5",
      "--out",
      "judged.safetensors",
      "--overwrite",
    );
    return project.nabla("evaluate", "points.model.ts", "--weights", "judged.safetensors", ...common, ...args);
  };

  test("scores of each class and who was taken for whom, as text and as JSON", async () => {
    const { code, stdout } = await evaluate();
    expect(code).toBe(0);
    expect(stdout).not.toMatch(terminalCodes);
    expect(stdout).toMatch(
      /^rows {2}30\nloss {2}\d\.\d+\n\nkind +precision +recall +F1 +rows\nnorth( +\d+\.\d%){3} +10\n/,
    );
    expect(stdout).toMatch(/^kind, answered: +north +south +west\nnorth +\d+ +\d+ +\d+$/m);
    const { rows, judgements } = JSON.parse((await evaluate("--json")).stdout);
    expect(rows).toBe(30);
    expect(judgements[0]).toMatchObject({ kind: "classes", target: "kind", names: ["north", "south", "west"] });
    expect(judgements[0].confusion.reduce((sum: number, count: number) => sum + count, 0)).toBe(30);
  });
});

describe.concurrent("nabla inspect", () => {
  test("parameters, graph, adjoint, arena, FLOPs, bytes; every stage in .dump", async () => {
    const { code, stdout, stderr } = await project.nabla("inspect", "points.model.ts", "--dump");
    expect(code).toBe(0);
    expect(stdout).not.toMatch(terminalCodes);
    expect(stdout).toMatch(
      /^scores\.weight +\[2,3\] +6 +mean -?\d\.\d{4}, deviation \d\.\d{4}\nscores\.bias +\[3\] +3 +0\ntotal +9$/m,
    );
    expect(stdout).toMatch(/^graph infer\(point: f32\[n,2\]; scores\.weight: f32\[2,3\], scores\.bias: f32\[3\]\)$/m);
    expect(stdout).toMatch(/^ {2}update scores\.weight = /m);
    expect(stdout).toMatch(/^arena \d+ bytes, at least \d+ alive at once$/m);
    expect(stdout).toMatch(/^step: all three +[\d,]+ +[\d,]+ +\d+$/m);
    const dumped = readdirSync(project.path(".dump")).sort();
    expect(dumped[0]).toBe("00-module-read.txt");
    expect(dumped.map((name) => name.replace(/^\d+-/, ""))).toEqual(
      expect.arrayContaining(["module-adjoint.txt", "module-simplify-adjoint.txt", "step-simplify.txt"]),
    );
    expect(dumped.at(-1)).toMatch(/^\d+-module\.wat$/);
    expect(project.read(`.dump/${dumped.at(-1)}`)).toMatch(/^\(module/);
    expect(stderr).toBe(`${dumped.length} stages written to .dump/\n`);
  });

  test("--adjoint prints loss and adjoint as plain code, under the places in the model file", async () => {
    const { code, stdout, stderr } = await project.nabla("inspect", "points.model.ts", "--adjoint");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toMatch(terminalCodes);
    const source = pointsModel().split("\n");
    const places = [...stdout.matchAll(/^ {2}\S*points\.model\.ts:(\d+):(\d+) {2}(.*)$/gm)];
    expect(places.length).toBeGreaterThan(1);
    for (const [, line, column, text] of places) {
      expect(source[Number(line) - 1]!.trim()).toBe(text);
      expect(source[Number(line) - 1]!.slice(Number(column) - 1)).toMatch(/^(dense|softmaxCrossEntropy)\(/);
    }
    expect(stdout).toMatch(/^ {4}d_scores\.weight = matmul\(transpose\(point\), \w+\)$/m);
  });

  test("--dump=<function>/<stage> prints that text alone; --stop-after ends there", async () => {
    const { code, stdout, stderr } = await project.nabla(
      "inspect",
      "points.model.ts",
      "--dump=infer/graph",
      "--stop-after=fuse",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^graph infer\(.*\)\n( {2}.*\n)+$/);
    expect(stderr).toBe("stopped after fuse\n");
  });

  test("a stage that there is not is a usage error with the names of those there are", async () => {
    const { code, stderr } = await project.nabla("inspect", "points.model.ts", "--stop-after=fuze");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: --stop-after: there is no stage "fuze"\n.*read, loss, adjoint, simplify-adjoint, update, functions, graph, simplify, layout, fuse, /,
    );
  });

  test("a reader that closes the pipe early is no error", async () => {
    const { code, stdout, stderr } = await project.shell("set -o pipefail; $NABLA inspect points.model.ts | head -n 1");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^points\.model\.ts: f32, batch 4, model \w{12}\n$/);
  });
});

describe.concurrent("nabla check", () => {
  test("proves a model on its data", async () => {
    const { code, stdout, stderr } = await project.nabla("check", "points.model.ts", "--data", "points.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^points\.model\.ts: f64, 4 rows of data, loss /);
    expect(stdout).toMatch(/^scores\.weight +\[2,3\] +\d\.\de-\d+ +\d\.\de[+-]\d+$/m);
    expect(stdout).toContain("all at most 1e-6\n");
  });

  test("a gradient that is not that of the loss ends with 1 and names the parameter", async () => {
    project.write(
      "held.model.ts",
      pointsModel({
        "return { scores: dense(point, 3) }":
          "const half = dense(point, 3); return { scores: mul(half, stopGradient(half)) }",
        "{ classes": "{ mul, stopGradient, classes",
      }),
    );
    const { code, stdout, stderr } = await project.nabla("check", "held.model.ts");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^half\.weight +\[2,3\] +\d\.\de[+-]\d+ ! +\d\.\de[+-]\d+$/m);
    expect(stderr).toContain("error: a relative error is above 1e-6");
  });
});

describe.concurrent("nabla differentiate", () => {
  test("three ways side by side, as plain text", async ({ expect }) => {
    const { code, stdout, stderr } = await project.nabla("differentiate", "points.model.ts", "--data", "points.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toMatch(terminalCodes);
    expect(stdout.replace(/ +([\d.,]+ m?s( ~)?|time)$/gm, " (time)")).toMatchInlineSnapshot(`
      "points.model.ts: f64, 1 row of data, loss 0.8504, P = 9 parameters

      error of differences, relative to the adjoint
      step h  central    forward
      1e-1     1.6e-3     6.3e-2
      1e-2     1.6e-5     6.2e-3
      1e-3     1.6e-7     6.2e-4
      1e-4     1.6e-9     6.2e-5
      1e-5    1.1e-11 *   6.2e-6
      1e-6    3.8e-11     6.2e-7
      1e-7    9.8e-10     6.1e-8
      1e-8     9.4e-9     1.6e-8 *
      1e-9     7.9e-8     1.0e-7
      1e-10    6.1e-7     9.5e-7
      * the least

      cost of all derivatives
      way                         losses  operations (time)
      the loss alone                   1          30 (time)
      adjoint, and the loss          1.6          47 (time)
      forward differences: P + 1      10         300 (time)
      central differences: 2 P        18         540 (time)
      symbolic, written out         26.1         784 (time)
      symbolic, parts shared         2.5          76
      Times are those of the float64 interpreter, which stores every value; ~ is reckoned: from the time of one loss,
      for expressions from those evaluated as written out.

      Differences: a large h cuts the curve off (the error falls as h^2, as h for forward ones), a small h
      leaves rounding alone (it grows as 1/h). No h escapes both: 1e-11 at h = 1e-5 is the best here. A
      kink within h, such as relu's, spoils more than the curve does. Each parameter costs another loss.

      Symbolic: 6e-17 from the adjoint, so exact but for rounding; but an expression has no names for its
      parts. The loss written out has 127 operations in place of 30, its longest derivative 88, all of
      them 26.1 times the loss (evaluated as written out: 9 of them). With parts shared it is forward
      mode: a walk through the loss for each parameter.

      Adjoint: the rules of the symbolic way, but each part is computed once, from the loss back to all
      parameters. Loss and all 9 derivatives cost 1.6 losses; more parameters would not change that by
      much.
      "
    `);
  });

  test("rows out of range: exit code 2", async () => {
    const { code, stderr } = await project.nabla("differentiate", "points.model.ts", "--rows", "0");
    expect(code).toBe(2);
    expect(stderr).toContain("'--rows <count>' argument '0' is invalid. Expected an integer from 1 to 1024.");
  });
});

describe.concurrent("the command line itself", () => {
  test("an unknown option: the one that was meant, and exit code 2", async () => {
    const { code, stdout, stderr } = await project.nabla("inspect", "points.model.ts", "--dtpye", "f64");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: unknown option '--dtpye'\n\(Did you mean --dtype\?\)\n/);
  });

  test("a value out of range: what was expected, and exit code 2", async () => {
    const args = ["train", "points.model.ts", "--data", "points.csv", "--epochs", "1", "--test-split", "20"];
    const { code, stderr } = await project.nabla(...args);
    expect(code).toBe(2);
    expect(stderr).toContain("'--test-split <fraction>' argument '20' is invalid. Expected a number from 0 up to 1");
  });

  test("help has examples, and loads nothing of the compiler", async () => {
    const { code, stdout, stderr } = await project.shell("NODE_V8_COVERAGE=loaded $NABLA train --help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("$ nabla train iris.model.ts --data iris.csv --test-split 0.2 --epochs 60");
    const [report] = readdirSync(project.path("loaded"));
    const { result } = JSON.parse(readFileSync(project.path(`loaded/${report}`), "utf8")) as {
      result: { url: string }[];
    };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
    expect(loaded.some((url) => url.endsWith("cli/program.js"))).toBe(true);
    expect(loaded.filter((url) => /binaryen|ts-morph|esbuild|compile\.js|csv-parse/.test(url))).toEqual([]);
  });
});
