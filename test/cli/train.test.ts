import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readCheckpoint } from "../../compiler/data/checkpoint.ts";
import { pointsModel, pointsTable, terminalCodes } from "./samples.ts";
import { createProject, type Finished, type Project } from "./setup.ts";

const points = () => createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });
const base = ["train", "points.model.ts", "--data", "points.csv"];

describe("nabla train in a pipe", () => {
  let project: Project;
  let result: Finished;
  beforeAll(async () => {
    project = points();
    const splits = ["--test-split", "0.2", "--validation-split", "0.1", "--checkpoint-every", "1"];
    result = await project.nabla(...base, "--epochs", "3", ...splits);
  });

  test("ends well, a line an epoch on stderr, the result on stdout, no terminal codes", () => {
    expect(result.code).toBe(0);
    expect(result.stderr).not.toMatch(terminalCodes);
    expect(result.stdout).not.toMatch(terminalCodes);
    const epochs = result.stderr.split("\n").filter((line) => line.startsWith("epoch"));
    expect(epochs).toHaveLength(3);
    expect(epochs[2]).toMatch(/^epoch 3\/3 {2}loss \d\S* {2}validation loss \d\S*, accuracy \d+\.\d%$/);
    expect(result.stderr).toContain("9 parameters; 21 rows to train, 3 to validate, 6 to test; batch 4, seed 3");
    expect(result.stdout).toMatch(
      /^trained +3 epochs in .+\nloss .+\nvalidation .+\ntest +loss .+, of 6 rows\ncheckpoint /,
    );
  });

  test("the checkpoint holds parameters, optimiser state and where the run stands", () => {
    const { tensors, metadata, verified } = readCheckpoint(project.path("points.safetensors"));
    expect(verified).toBe(true);
    expect([...tensors.keys()].filter((name) => !name.startsWith("momentum."))).toEqual([
      "scores.weight",
      "scores.bias",
    ]);
    expect(tensors.size).toBe(4);
    expect(JSON.parse(metadata.get("nabla.training")!)).toMatchObject({
      step: 18,
      seed: 3,
      batch: 4,
      next: { epoch: 3, position: 0 },
      classNames: { kind: ["north", "south", "west"] },
    });
    expect(project.files()).toEqual([
      "points.csv",
      "points.model.ts",
      "points.safetensors",
      "points.safetensors.previous",
    ]);
  });
});

describe("a run that stops and goes on", () => {
  test("Ctrl-C saves and tells how to resume; after two stops the file is that of a run without", async () => {
    const files = { "points.model.ts": pointsModel(), "points.csv": pointsTable(6000) };
    const [straight, stopping] = [createProject(files), createProject(files)];
    const args = [...base, "--epochs", "40", "--checkpoint-every", "5", "--out", "run.safetensors"];
    const [whole, first] = await Promise.all([
      straight.nabla(...args),
      stopping.interrupted(/epoch +2\//, "SIGINT", ...args),
    ]);
    expect(whole.code).toBe(0);
    expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 130, stdout: "" });
    const command = /^go on with: nabla (.*)$/m.exec(first.stderr)?.[1];
    expect(command).toBe(`${args.join(" ")} --resume`);

    const second = await stopping.interrupted(/epoch +\d+\//, "SIGTERM", ...command!.split(" "));
    expect(second.code).toBe(130);
    expect(second.stderr).toContain(`go on with: nabla ${command}\n`);
    const run = (project: Project) => readFileSync(project.path("run.safetensors"));
    expect(run(stopping)).not.toEqual(run(straight));

    expect((await stopping.nabla(...command!.split(" "))).code).toBe(0);
    expect(run(stopping)).toEqual(run(straight));
  });

  test("settings of the run that is resumed need not be given again, and cannot be changed", async () => {
    const project = points();
    await project.nabla(...base, "--epochs", "2", "--seed", "5", "--test-split", "0.5", "--batch", "2");
    const changed = await project.nabla(...base, "--epochs", "4", "--resume", "--seed", "6");
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: seed: expected 5, .* got 6/) });
    const resumed = await project.nabla(...base, "--epochs", "4", "--resume");
    expect(resumed.stderr).toContain("15 rows to train, 15 to test; batch 2, seed 5");
    expect(resumed.stderr).toContain("2 epochs and 0 rows are done");
    expect(resumed.stdout).toContain("2 epochs after 2 earlier");
  });
});

describe.concurrent("checkpoints that are refused", () => {
  let project: Project;
  beforeAll(async () => {
    project = points();
    const { stderr } = await project.nabla(...base, "--epochs", "2");
    // Of rows trained with, as no others are held out.
    expect(stderr).toMatch(/^epoch 2\/2 {2}loss \d\S* {2}training accuracy \d+\.\d%$/m);
  });
  const resume = (file: string, model = "points.model.ts") =>
    project.nabla("train", model, "--data", "points.csv", "--epochs", "3", "--resume", file);

  test("a damaged one, by name, with the one before it, and it is left as it is", async () => {
    const bytes = readFileSync(project.path("points.safetensors"));
    bytes[bytes.length - 3]! ^= 1;
    project.write("damaged.safetensors", bytes);
    project.write("damaged.safetensors.previous", readFileSync(project.path("points.safetensors")));
    const { code, stdout, stderr } = await resume("damaged.safetensors");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^damaged\.safetensors checkpoint\/damaged\n/);
    expect(stderr).toContain("damaged.safetensors.previous");
    expect(readFileSync(project.path("damaged.safetensors"))).toEqual(bytes);
  });

  test("one of another model", async () => {
    project.write("other.model.ts", pointsModel({ "rate: 0.1": "rate: 0.2" }));
    const { code, stderr } = await resume("points.safetensors", "other.model.ts");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^points\.safetensors checkpoint\/other-model\n {2}it is of another model: expected \w{12}, got \w{12}\n/,
    );
  });
});

describe.concurrent("what is wrong with the data or the loss", () => {
  test("a number that is none: file, row and column", async () => {
    const project = createProject({
      "points.model.ts": pointsModel(),
      "points.csv": pointsTable().replace(/^(.*\n.*\n.*\n).*,.*,/, "$11.5,abc,"),
    });
    const { code, stdout, stderr } = await project.nabla(...base, "--epochs", "1");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('points.csv:4 data/not-a-number\n  column "y": expected a finite number, got "abc"');
    expect(existsSync(project.path("points.safetensors"))).toBe(false);
  });

  test("a loss that stops being finite: an error, and the last good checkpoint stays", async () => {
    const squares = {
      "classes(3)": "[1]",
      "dense(point, 3)": "dense(point, 1)",
      "classes, dense": "dense, meanSquaredError",
      "momentum, softmaxCrossEntropy": "momentum",
      "softmaxCrossEntropy(": "meanSquaredError(",
      "rate: 0.1": "rate: 2",
    };
    const project = createProject({
      "points.model.ts": pointsModel(squares),
      "points.csv": pointsTable().replaceAll(/north|south|west/g, "1"),
    });
    const { code, stderr } = await project.nabla(...base, "--epochs", "200");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^epoch +1\/200/m);
    expect(stderr).toMatch(/^error: the loss is \S+ at step \d+ .*expected a finite number/m);
    const { tensors, metadata } = readCheckpoint(project.path("points.safetensors"));
    expect([...tensors.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect(JSON.parse(metadata.get("nabla.training")!).next.epoch).toBeGreaterThan(0);
  });
});

describe("an accuracy stated in the model file", () => {
  const stating = (accuracy: number) => pointsModel().replace("model({", `model({ accuracy: ${accuracy},`);
  const train = (accuracy: number, table: string, ...more: string[]) => {
    const project = createProject({ "points.model.ts": stating(accuracy), "points.csv": table });
    return project.nabla(...base, "--epochs", "1", ...more).then((result) => ({ ...result, files: project.files() }));
  };

  test("missed: the run is kept, the end is an error that says by how much", async () => {
    // Three kinds at one place: nobody tells them apart.
    const table = `x,y,kind\n${["north", "south", "west"].map((kind) => `0,0,${kind}\n`.repeat(10)).join("")}`;
    const { code, stdout, stderr, files } = await train(0.8, table, "--test-split", "0.3");
    expect(code).toBe(1);
    expect(files).toContain("points.safetensors");
    expect(stdout).toContain("checkpoint");
    expect(stderr).toMatch(
      /points\.model\.ts: accuracy after 1 epochs\s+expected {2}at least 80\.0%\s+got {7}\d+\.\d% of 9 rows held out/,
    );
  });

  test("reached: nothing is said", async () => {
    const { code, stderr } = await train(0.01, pointsTable(), "--test-split", "0.2");
    expect(code).toBe(0);
    expect(stderr).not.toContain("accuracy after");
  });

  test("without rows held out: what checks it", async () => {
    const { code, stderr } = await train(0.9, pointsTable());
    expect(code).toBe(0);
    expect(stderr).toContain("the model states an accuracy of 90.0%: --test or --test-split checks it");
  });
});
