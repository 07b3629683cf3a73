import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsModel, pointsTable, terminalCodes } from "./samples.ts";
import { createProject, type Finished, type Project } from "./setup.ts";

let project: Project;
let built: Finished;
beforeAll(async () => {
  project = createProject({ "points.model.ts": pointsModel(), "points.csv": pointsTable() });
  await project.nabla("train", "points.model.ts", "--data", "points.csv", "--epochs", "20");
  built = await project.nabla(
    "build",
    "points.model.ts",
    "--weights",
    "points.safetensors",
    "--out-dir",
    "out/web",
    "--time",
  );
});

const bundle = ["points.infer.wasm", "points.js", "points.d.ts", "points.json"];

describe("nabla build --half", () => {
  const weights = ["--weights", "points.safetensors", "--out-dir", "out/half"];

  test("halves the weights and says what it changes in the answers", async () => {
    const data = ["--data", "points.csv", "--map", "point=x,y"];
    const { code, stdout } = await project.nabla("build", "points.model.ts", ...weights, "--half", ...data);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}of which weights +18 B$/m);
    expect(stdout).toMatch(/^accuracy of kind: [01]\.\d{4} with full weights, [01]\.\d{4} with half precision$/m);
  });

  test("data without it is refused", async () => {
    const { code, stderr } = await project.nabla("build", "points.model.ts", ...weights, "--data", "points.csv");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: --data: expected --half and --weights beside it\n" });
  });
});

describe("nabla build --relaxed", () => {
  const wide = pointsModel({ "dense(point, 3)": "dense(dense(dense(point, 40), 64), 3)" });

  test("two modules, and a loader that knows both", async () => {
    const other = createProject({ "wide.model.ts": wide, "points.csv": pointsTable() });
    await other.nabla("train", "wide.model.ts", "--data", "points.csv", "--epochs", "1");
    const weights = ["--weights", "wide.safetensors", "--out-dir", "out"];
    const { code, stdout, stderr } = await other.nabla("build", "wide.model.ts", "--relaxed", ...weights);
    expect({ code, stderr: stderr.includes("--relaxed") }).toEqual({ code: 0, stderr: false });
    for (const file of ["wide.infer.wasm", "wide.infer.relaxed.wasm", "wide.js"])
      expect(stdout).toContain(`written  out/${file}\n`);
    const { bytes } = JSON.parse(other.read("out/wide.json"));
    expect(stdout).toMatch(new RegExp(`^wasm, relaxed +${(bytes.relaxedWasm / 1024).toFixed(1)} KiB`, "m"));
    expect(other.read("out/wide.infer.relaxed.wasm")).toContain('"labels":["north","south","west"]');
    expect(other.read("out/wide.js")).toContain('new URL("./wide.infer.relaxed.wasm", import.meta.url)');
  });

  test.runIf(process.versions.node.startsWith("20."))("nabla run says what an engine without it lacks", async () => {
    const other = createProject({ "wide.model.ts": wide, "points.csv": pointsTable() });
    await other.nabla("build", "wide.model.ts", "--relaxed");
    const { code, stderr } = await other.nabla("run", "wide.infer.relaxed.wasm", "--data", "points.csv");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: wide\.infer\.relaxed\.wasm: expected an engine for relaxed SIMD, got Node 20\./);
  });

  test("one module, and why, where nothing gains", async () => {
    const { stdout, stderr } = await project.nabla("build", "points.model.ts", "--relaxed", "--out-dir", "out/relaxed");
    expect(stderr).toContain("--relaxed: no product is large enough to gain by it, so there is one module\n");
    expect(stdout).not.toContain("relaxed.wasm");
  });

  test("is for WebAssembly", async () => {
    const { code, stderr } = await project.nabla("build", "points.model.ts", "--relaxed", "--target", "c");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: --relaxed: expected --target wasm, got c\n" });
  });
});

describe("nabla build", () => {
  test("writes module, loader, types and manifest, and says what they weigh", () => {
    expect(built).toMatchObject({ code: 0, stderr: "" });
    expect(built.stdout).not.toMatch(terminalCodes);
    for (const file of bundle) expect(built.stdout).toContain(`written  out/web/${file}\n`);
    const size = readFileSync(project.path("out/web/points.infer.wasm")).length.toLocaleString("en-US");
    expect(built.stdout).toMatch(new RegExp(`^wasm +${size} B +\\d+ B gzipped\n {2}of which weights +36 B$`, "m"));
    expect(built.stdout).toMatch(
      /^memory +64\.0 KiB +1 page\n {2}of which arena +\d+ B +at least \d+ B\nFLOPs per row +\d+ +batch 4$/m,
    );
    expect(JSON.parse(project.read("out/web/points.json"))).toMatchObject({
      mode: "infer",
      outputs: [{ name: "scores", classes: 3, labels: ["north", "south", "west"] }],
    });
    expect(project.read("out/web/points.d.ts")).toContain("Classes 0 to 2: north, south, west.");
  });

  test("--time: a row a stage, a column a function", () => {
    expect(built.stdout).toMatch(/^ms +module +infer +total\nread +\d+\.\d +\d+\.\d\n/);
    expect(built.stdout).toMatch(/^fuse +\d+\.\d +\d+\.\d$/m);
  });

  test("what the loader gives is what nabla run prints", async () => {
    project.write("new.csv", "x,y\n0.1,1.9\n-0.3,-2.2\n-2,0.4\n");
    const json = await project.nabla("run", "out/web/points.infer.wasm", "--data", "new.csv", "--json");
    const answers = JSON.parse(json.stdout) as { class: string; scores: number[] }[];
    expect(answers.map((answer) => answer.class)).toEqual(["north", "south", "west"]);
    const { load } = await import(pathToFileURL(project.path("out/web/points.js")).href);
    const { scores } = (await load()).infer({ point: [0.1, 1.9, -0.3, -2.2, -2, 0.4] });
    expect(answers.flatMap((answer) => answer.scores)).toEqual([...scores]);
  });

  test("weights of another forward function are refused; another optimiser does not matter", async () => {
    project.write(
      "points.model.ts",
      pointsModel({
        "return { scores: dense(point, 3) }": "const p = point; return { scores: dense(p, 3) }",
        "rate: 0.1": "rate: 0.2",
      }),
    );
    const same = await project.nabla("build", "points.model.ts", "--weights", "points.safetensors", "--name", "same");
    expect(same.code).toBe(0);
    expect(readFileSync(project.path("same.infer.wasm"))).toEqual(
      readFileSync(project.path("out/web/points.infer.wasm")),
    );

    project.write(
      "twice.model.ts",
      pointsModel({ "dense(point, 3)": "dense(add(point, point), 3)", "{ classes": "{ add, classes" }),
    );
    const other = await project.nabla("build", "twice.model.ts", "--weights", "points.safetensors");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toMatch(/^points\.safetensors checkpoint\/other-model\n/);
  });
});

describe("nabla build --target", () => {
  const buildFor = (...flags: string[]) =>
    project.nabla("build", "points.model.ts", "--out-dir", `out/${flags.join("")}`, ...flags);
  const writtenBy = ({ stdout }: Finished) => [...stdout.matchAll(/^written +\S+\/(\S+)$/gm)].map(([, file]) => file);

  test("c: one source file, its header, and the memory that they take", async () => {
    const finished = await buildFor("--target", "c");
    expect(finished.code).toBe(0);
    expect(writtenBy(finished)).toEqual(["points.c", "points.h", "points.json"]);
    expect(finished.stdout).toMatch(
      /^c +[\d.]+ KiB +[\d.,]+ K?i?B gzipped\n {2}of which weights +36 B\nmemory +\d+ B +static$/m,
    );
    expect(project.read("out/--targetc/points.h")).toContain("const float *points_output_scores(void);");
    const training = await buildFor("--target", "c", "--mode", "train");
    expect(writtenBy(training)).toEqual(["points.train.c", "points.train.h", "points.train.json"]);
  });

  test("js: a module without WebAssembly, with its types", async () => {
    const finished = await buildFor("--target", "js");
    expect(writtenBy(finished)).toEqual(["points.plain.js", "points.plain.d.ts", "points.json"]);
    expect(project.read("out/--targetjs/points.plain.js")).not.toContain("WebAssembly");
    expect(project.read("out/--targetjs/points.plain.d.ts")).toContain("export declare function load(): Promise<Net>;");
  });

  test("another is refused, and what there is is said", async () => {
    const { code, stderr } = await buildFor("--target", "rust");
    expect(code).toBe(2);
    expect(stderr).toContain("argument 'rust' is invalid. Allowed choices are wasm, c, js.");
  });
});

describe("nothing is half written", () => {
  test("several errors of the model in one run, with code frames, and no file", async () => {
    const wrong = `import { adam, dense, matmul, meanSquaredError, model, relu } from "nabla";

export default model({
  inputs: { point: [2] },
  targets: { height: [1] },
  batch: 4,
  forward({ point }) {
    const hidden = relu(matmul(dense(point, 3), dense(point, 5)));
    const other = matmul(point, dense(point, 4));
    return { height: dense(hidden, 1), other };
  },
  loss: ({ height }, { hight }) => meanSquaredError(height, hight),
  optimizer: adam({ rate: 0.1 }),
});
`;
    const empty = createProject({ "wrong.model.ts": wrong });
    const { code, stdout, stderr } = await empty.nabla("build", "wrong.model.ts");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).not.toMatch(terminalCodes);
    expect(stderr).toMatch(/^wrong\.model\.ts:8:25 shape\/inner-dims\n/m);
    expect(stderr).toContain("> 8 |     const hidden = relu(matmul(dense(point, 3), dense(point, 5)));");
    expect(stderr).toMatch(/^wrong\.model\.ts:9:19 shape\/inner-dims\n/m);
    expect(stderr).toMatch(/^wrong\.model\.ts:\d+:\d+ dsl\/unknown-field\n {2}loss: there is no target named hight\n/m);
    expect(stderr).toMatch(/\n3 errors\n$/);
    expect(empty.files()).toEqual(["wrong.model.ts"]);
  });

  test("an exception of the model's code points into the model file", async () => {
    const thrower = createProject({
      "points.model.ts": pointsModel({ "return {": 'if (point) throw new RangeError("too many points"); return {' }),
    });
    const { code, stderr } = await thrower.nabla("build", "points.model.ts");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^points\.model\.ts:8:22 model\/threw\n {2}RangeError: too many points\n/);
    expect(stderr).not.toContain("    at ");
  });
});
