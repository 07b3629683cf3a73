import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { lockFile } from "../../compiler/cli/lock.ts";
import { describeMachineFault } from "../../compiler/tasks/machine.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import type { Net, Position } from "../../runtime/index.ts";
import { pointsModel, pointsTable } from "./samples.ts";
import { createProject } from "./setup.ts";

const files = { "points.model.ts": pointsModel(), "points.csv": pointsTable() };
const train = ["train", "points.model.ts", "--data", "points.csv", "--epochs", "2"];

describe("a lock", () => {
  const project = createProject({});
  const [file, lock] = [project.path("net"), project.path("net.lock")];

  test("is held by one run, whatever the path looks like, and goes away with it", () => {
    const release = lockFile(file);
    expect(() => lockFile(`${project.folder}/./net`)).toThrow(`process ${process.pid} trains into it`);
    release();
    expect(existsSync(lock)).toBe(false);
    lockFile(file)();
  });

  test.each([
    ["of a process that is no more", { pid: 2 ** 22 + 1, host: hostname() }],
    ["of a process whose number was given again", { pid: process.pid, started: "1", host: hostname() }],
  ])("%s is taken", (_, holder) => {
    if ("started" in holder && process.platform !== "linux") return;
    writeFileSync(lock, JSON.stringify({ nabla: "lock", ...holder }));
    lockFile(file)();
    expect(existsSync(lock)).toBe(false);
  });

  test.each([
    ["of another machine", JSON.stringify({ nabla: "lock", pid: 1, host: "elsewhere" }), /process 1 on elsewhere/],
    ["of another program", "mine", /expected a lock of nabla, or nothing/],
  ])("%s is left", (_, text, says) => {
    writeFileSync(lock, text);
    expect(() => lockFile(file)).toThrow(says);
    expect(readFileSync(lock, "utf8")).toBe(text);
  });
});

describe.concurrent("found before anything is trained", () => {
  test("another run that trains into the file", async () => {
    const project = createProject(files);
    const release = lockFile(project.path("points.safetensors"));
    const { code, stderr } = await project.nabla(...train);
    release();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: points\.safetensors: process \d+ trains into it\n/),
    });
  });

  test.each(["--out", "--report"])("%s below what is no folder", async (option) => {
    const project = createProject(files);
    const { code, stderr } = await project.nabla(...train, option, "points.csv/result");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: points\.csv\/result: expected a folder at .*points\.csv, got a file\n$/),
    });
    expect(project.files()).toEqual(createProject(files).files());
  });

  test.skipIf(process.platform !== "linux")("a folder that cannot be, and one that takes nothing", async () => {
    const project = createProject(files);
    const none = await project.nabla(...train, "--out", "/proc/none/net.safetensors");
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: \/proc\/none: no such file/) });
    if (process.getuid?.() === 0) return;
    mkdirSync(project.path("closed"));
    chmodSync(project.path("closed"), 0o500);
    const closed = await project.nabla(...train, "--out", "closed/net.safetensors");
    expect(closed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*permission denied/) });
  });
});

test.skipIf(process.platform !== "linux")("a result that cannot be written is an error", async () => {
  const project = createProject(files);
  const { code, stderr } = await project.shell("$NABLA inspect points.model.ts > /dev/full");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: cannot write the result: ENOSPC/),
  });
});

test("errors of the system and of memory are told from faults of the compiler", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
  expect(describeMachineFault(full)).toMatch(/^no space left on device \(ENOSPC, write\)\n/);
  const grab = () => new Float64Array(2 ** 52);
  expect(grab).toThrow();
  try {
    grab();
  } catch (error) {
    expect(describeMachineFault(error)).toMatch(
      /^the machine has not enough memory for this: Invalid typed array length/,
    );
  }
  expect(describeMachineFault(new TypeError("x is not a function"))).toBeUndefined();
});

describe("when a run is written", () => {
  /** The epochs after which the file was replaced, each epoch taking so many milliseconds. */
  async function saves(epochs: number, milliseconds: number, every?: number): Promise<number[]> {
    const project = createProject(files);
    const file = project.path("run.safetensors");
    const { model } = await readModelFile(project.path("points.model.ts"));
    const written: number[] = [];
    let before = "";
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      await trainModel({
        model,
        data: project.path("points.csv"),
        epochs,
        checkpoint: { file, ...(every && { every }) },
        onEpoch({ epoch }) {
          const now = existsSync(file) ? readFileSync(file, "latin1") : "";
          if (now !== before) written.push(epoch + 1);
          before = now;
          vi.advanceTimersByTime(milliseconds);
        },
      });
    } finally {
      vi.useRealTimers();
    }
    return written;
  }

  test("by time, not by epochs, and at the end", async () => {
    expect(await saves(30, 10)).toEqual([30]);
    expect(await saves(8, 2000)).toEqual([4, 7, 8]);
    expect(await saves(5, 10, 2)).toEqual([2, 4, 5]);
  });

  test("and, as it was good last, when it fails", async () => {
    const project = createProject(files);
    const { model } = await readModelFile(project.path("points.model.ts"));
    const file = project.path("run.safetensors");
    let net: Net | undefined;
    let good: ReturnType<Net["save"]> | undefined;
    const options = { model, data: project.path("points.csv"), epochs: 50 };
    const run = trainModel({
      ...options,
      checkpoint: { file },
      onStart: (started) => {
        net = started.net;
      },
      onEpoch({ epoch }) {
        if (epoch === 3) good = net!.save();
        if (epoch === 3) net!.parameters["scores.bias"]![0] = Number.NaN;
      },
    });
    await expect(run).rejects.toThrow(/not finite|expected a finite number/);
    let next: Position | undefined;
    await trainModel({
      ...options,
      resume: file,
      onStart: ({ start, net: resumed }) => {
        next = start;
        expect(resumed.save().tensors["scores.weight"]).toEqual(good!.tensors["scores.weight"]);
      },
    });
    expect(next).toMatchObject({ epoch: 4, position: 0 });
  });
});
