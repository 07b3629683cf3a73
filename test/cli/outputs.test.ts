import { linkSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeFolder } from "../../compiler/data/folder.ts";
import { fileNameFault } from "../../compiler/file-name.ts";
import { requireOutputs } from "../../compiler/tasks/outputs.ts";
import { pointsModel, pointsTable } from "./samples.ts";
import { createProject } from "./setup.ts";

const files = { "points.model.ts": pointsModel(), "points.csv": pointsTable() };
const train = ["train", "points.model.ts", "--data", "points.csv", "--epochs", "2"];
const digest = (project: ReturnType<typeof createProject>) =>
  project.files().map((name) => [name, /[.](csv|ts|json|html)$/.test(name) ? project.read(name) : ""]);

describe("what a command reads is never written", () => {
  const project = createProject(files);
  mkdirSync(project.path("folder"));
  symlinkSync(project.path("points.csv"), project.path("soft.csv"));
  linkSync(project.path("points.csv"), project.path("hard.csv"));
  symlinkSync(project.path("."), project.path("folder/up"));

  test.each([
    ["itself", "points.csv"],
    ["another spelling", "folder/../points.csv"],
    ["a link", "soft.csv"],
    ["a second name", "hard.csv"],
    ["a linked folder", "folder/up/points.csv"],
  ])("by %s", (_, output) => {
    const write = (read: string) =>
      requireOutputs([{ path: project.path(output), kind: "checkpoint" }], [project.path("model.ts"), read]);
    expect(() => write(project.path("points.csv"))).toThrow(/expected a file that the command does not read/);
    expect(() => write(`point=${project.path("points.csv")}`)).toThrow(
      /expected a file that the command does not read/,
    );
  });

  test("two outputs are two files", () => {
    const page = (name: string) => ({ path: project.path(name), kind: "page" as const });
    expect(() => requireOutputs([page("new.html"), page("folder/../new.html")], [])).toThrow(/a file for each output/);
    expect(() => requireOutputs([page("new.html"), page("newer.html")], [project.path("points.csv")])).not.toThrow();
  });
});

describe.concurrent("the commands write neither what they read nor what nabla has not written", () => {
  test.each([
    ["the data", 2, [...train, "--out", "points.csv"]],
    ["what the model imports", 2, [...train, "--out", "./part.ts"]],
    ["the model, by the page", 2, ["inspect", "points.model.ts", "--html=points.model.ts"]],
    ["the model, by the loader", 2, ["build", "net.js"]],
    ["another's text", 1, [...train, "--out", "notes.txt"]],
    ["another's page", 1, [...train, "--report", "mine.html"]],
    ["another's JSON", 1, ["build", "points.model.ts", "--name", "mine"]],
    ["what is kept as .previous", 1, [...train, "--out", "kept"]],
    ["a device", 1, [...train, "--out", "/dev/null"]],
    ["checkpoint and report in one", 2, [...train, "--out", "a.html", "--report", "a.html"]],
  ] as const)("%s", async (_, expected, args) => {
    const project = createProject({
      "part.ts": "export const width = 3;\n",
      "net.js": pointsModel(),
      "notes.txt": "mine",
      "mine.html": "<p>mine</p>",
      "mine.json": '{ "mine": 1 }',
      "kept.previous": "mine",
      ...files,
      "points.model.ts": `import { width } from "./part";\n${pointsModel({ "dense(point, 3)": "dense(point, width)" })}`,
    });
    mkdirSync(project.path("folder"));
    const before = digest(project);
    const { code, stderr } = await project.nabla(...args);
    expect({ code, stderr }).toEqual({
      code: expected,
      stderr: expect.stringMatching(/error: .*expected a file|expected a/),
    });
    expect(digest(project)).toEqual(before);
  });

  test("its own files it replaces, each by one of its kind", async () => {
    const project = createProject(files);
    await project.nabla(...train, "--report", "--checkpoint-every", "1");
    await project.nabla("build", "points.model.ts", "--out-dir", "built");
    await project.nabla("build", "points.model.ts", "--out-dir", "built", "--target", "c");
    const kinds = {
      checkpoint: ["points.safetensors", "points.safetensors.previous"],
      page: ["report.html"],
      build: ["infer.wasm", "js", "d.ts", "json", "c", "h"].map((ending) => `built/points.${ending}`),
    };
    const all = Object.values(kinds).flat();
    for (const kind of ["checkpoint", "page", "build"] as const) {
      const taken = all.filter((name) => {
        try {
          requireOutputs([{ path: project.path(name), kind }], []);
          return true;
        } catch {
          return false;
        }
      });
      expect(taken).toEqual(kinds[kind]);
    }
  });
});

describe.concurrent("a run that is there", () => {
  test("is kept in a pipe, unless --overwrite says otherwise; from another file it is no continuation", async () => {
    const project = createProject(files);
    await project.nabla(...train);
    const before = project.read("points.safetensors");
    const again = await project.nabla(...train);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(/^error: points\.safetensors holds 2 epochs of training, which training anew would/);
    await project.nabla(...train, "--out", "other.safetensors");
    const crossed = await project.nabla(
      ...train.with(-1, "3"),
      "--resume",
      "other.safetensors",
      "--out",
      "points.safetensors",
    );
    expect(crossed.code).toBe(1);
    expect(project.read("points.safetensors")).toBe(before);
    expect((await project.nabla(...train.with(-1, "3"), "--resume", "./points.safetensors")).code).toBe(0);
    expect((await project.nabla(...train, "--overwrite")).code).toBe(0);
  });

  test("is asked for in a terminal", async () => {
    const project = createProject(files);
    await project.nabla(...train);
    const answer = (line: string) =>
      project.shell(`script -qec "$NABLA ${train.join(" ")}" /dev/null <<< "${line}" | tr -d '\\r'`);
    if ((await project.shell("command -v script")).code !== 0) return;
    const no = await answer("n");
    expect(no.stdout).toMatch(/points\.safetensors holds 2 epochs of training\. Replace it\? \[y\/N\]/);
    expect(no.stdout).toMatch(/which training anew would replace\n {2}--resume goes on from it/);
    expect((await answer("y")).stdout).toMatch(/trained +2 epochs/);
  });
});

test("names of files are one part of a path, on every system", () => {
  const bad = [
    "",
    " ",
    ".",
    "..",
    "../evil",
    "/etc/x",
    "a/b",
    "a\\b",
    "C:x",
    "a\0b",
    "a\nb",
    "a\u202eb",
    "x.",
    "x ",
    "nul",
    "CON.a",
    "lpt1",
  ];
  expect(bad.filter((name) => fileNameFault(name) === undefined)).toEqual([]);
  expect(fileNameFault("x".repeat(300))).toBe("at most 200 bytes");
  expect(["net", "my net", "größe", "1net", "a.b", "it's", "-x", "console"].filter(fileNameFault)).toEqual([]);
});

test.each(["../evil", "/tmp/evil", "", ".", "nul"])(
  "build --name '%s' is refused, with nothing written",
  async (name) => {
    const project = createProject(files);
    const { code, stderr } = await project.nabla("build", "points.model.ts", "--name", name, "--out-dir", "out");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("Expected a") });
    expect(project.files()).toEqual(["points.csv", "points.model.ts"]);
  },
);

test.skipIf(process.platform !== "linux")("a folder that cannot be is an error at once", () => {
  expect(() => makeFolder("/proc/nabla/deep")).toThrow(/ENOENT/);
});
