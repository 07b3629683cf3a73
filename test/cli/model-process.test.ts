import { describe, expect, test } from "vitest";
import { pointsModel, pointsTable } from "./samples.ts";
import { createProject } from "./setup.ts";

const project = createProject({
  "points.csv": pointsTable(),
});

/** Trains a model file that begins, and whose forward begins, with code of the user's. */
async function train(name: string, first: string, inForward = "") {
  const model = `${first}\n${pointsModel({ "return { scores": `${inForward}\nreturn { scores` })}`;
  project.write(`${name}.model.ts`, model);
  return project.nabla("train", `${name}.model.ts`, "--data", "points.csv", "--epochs", "1");
}

describe.concurrent("a model file that would end the process", () => {
  test.each([
    ["exit", "process.exit(0);", ""],
    ["exit in forward", "", "process.exit(0);"],
    ["exit of the import", 'import { exit } from "node:process"; exit(0);', ""],
    ["exit code", "process.exitCode = 0;", ""],
    ["abort", "process.abort();", ""],
  ])("%s: refused, with its place", async (name, first, inForward) => {
    const { code, stdout, stderr } = await train(name, first, inForward);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^${name}\\.model\\.ts:\\d+:\\d+ model/threw\n {2}Error: process\\.\\w+: expected`),
    );
  });

  test.each([
    ["at once", "globalThis.process.exit(0);"],
    ["later", "setTimeout(() => globalThis.process.exit(0));"],
  ])("%s and by other ways, as a package would: it never passes for success", async (name, first) => {
    const { code, stderr } = await train(name, first);
    expect(code).toBe(1);
    expect(stderr).toContain("error: the process was about to end with 0 before the command was done");
  });
});

describe.concurrent("what a model file throws", () => {
  test.each([
    ["text", 'throw "no";', "", /threw 'no'/],
    ["nothing", "throw undefined;", "", /threw undefined/],
    ["bare", "throw Object.create(null);", "", /threw \[Object: null prototype\] \{\}/],
    ["text in forward", "", 'throw "no";', /threw 'no'/],
    ["promise", "Promise.reject(3);", "", /threw 3/],
    ["late", 'setTimeout(() => { throw Error("later"); });', "", /Error: later/],
  ])("%s: a fault of the file", async (name, first, inForward, says) => {
    const { code, stderr } = await train(name, first, inForward);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/internal|fault of nabla|node:internal/);
  });

  test("what it prints goes to stderr, names of Node's own may be its own, and it can ask the process", async () => {
    const own = 'const console2 = console; console2.log("said"); process.stdout.write("written\\n"); process.cwd();';
    const { code, stdout, stderr } = await train("speaks", own);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^said\nwritten\n/);
    expect(stdout).not.toMatch(/said|written/);
    expect((await train("shadows", "const process = 1; const console = 2;")).code).toBe(0);
  });
});
