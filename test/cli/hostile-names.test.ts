import { describe, expect, test } from "vitest";
import { fileWord, shellCommand } from "../../compiler/cli/shell.ts";
import { colorsFor, shown } from "../../compiler/cli/terminal.ts";
import { escapeHtml } from "../../compiler/tasks/report/page.ts";
import { inOneLine, visible } from "../../compiler/visible.ts";
import { pointsModel, pointsTable } from "./samples.ts";
import { createProject } from "./setup.ts";

/** ESC, a bell, a control of C1, an override of direction, a zero width, a line separator, a tag beyond 16 bits. */
const hostile = "\u001b[2J\u0007\u009b1m\u202e\u200b\u2028\u{e0041}";
const steering = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u;

describe("text of others", () => {
  test("is shown and not obeyed; line feeds and tabs stay, but for what must be one line", () => {
    expect(visible(hostile)).toBe("\\u001b[2J\\u0007\\u009b1m\\u202e\\u200b\\u2028\\udb40\\udc41");
    expect(visible("a\tb\nc\rd")).toBe("a\tb\nc\\rd");
    expect(inOneLine("a\tb\nc\rd")).toBe("a\\tb\\nc\\rd");
    expect(visible("größe, 日本, é, 👍")).toBe("größe, 日本, é, 👍");
    expect(JSON.parse(visible(JSON.stringify([hostile])))).toEqual([hostile]);
  });

  test("the tool's own colours stay, and no name can be taken for one", () => {
    const { red } = colorsFor(process.stderr, { FORCE_COLOR: "1" });
    expect(shown(red(hostile))).toBe(`\u001b[31m${visible(hostile)}\u001b[39m`);
    expect(shown(`\u001b[31m\ufdd0.31m`)).not.toContain("\u001b");
  });

  test("in HTML: no markup, no control", () => {
    expect(escapeHtml(`<b>${hostile}</b>`)).toBe(`&#60;b&#62;${visible(hostile)}&#60;/b&#62;`);
  });
});

test("commands that are printed can be pasted", async () => {
  const words = ["a b", "it's", '"', "-x", "", "$(x)", "a\nb\u001b\\'c", "~", "größe"];
  const { shell } = createProject({});
  const { stdout } = await shell(`printf '%s\\0' ${shellCommand(words)}`);
  expect(stdout.split("\0").slice(0, -1)).toEqual(words);
  expect(shellCommand(words)).not.toMatch(steering);
  expect([fileWord("-x.ts"), fileWord("x.ts")]).toEqual(["./-x.ts", "x.ts"]);
});

describe("names with control characters, from the file to the terminal", () => {
  const table = pointsTable().replaceAll("north", `north${hostile.replace("\u2028", "")}`);
  const project = createProject({ "points.model.ts": pointsModel(), [`p ${hostile}.csv`]: table });
  const data = ["--data", `p ${hostile}.csv`];

  test("train, evaluate, build and run print none; JSON reads back", async () => {
    const trained = await project.nabla("train", "points.model.ts", ...data, "--epochs", "2", "--test-split", "0.3");
    const weights = ["--weights", "points.safetensors"];
    const judged = await project.nabla("evaluate", "points.model.ts", ...weights, ...data, "--json");
    const built = await project.nabla("build", "points.model.ts", ...weights);
    const run = (...args: string[]) =>
      project.nabla("run", "points.infer.wasm", ...data, "--map", "point=x,y", ...args);
    const ran = [await run(), await run("--csv"), await run("--json")];
    for (const { code, stdout, stderr } of [trained, judged, built, ...ran]) {
      expect({ code, steered: steering.test(stdout) || steering.test(stderr), stderr }).toMatchObject({
        code: 0,
        steered: false,
      });
    }
    expect(ran[0]!.stdout).toContain("north\\u001b[2J");
    expect(JSON.parse(judged.stdout).judgements[0].names[0]).toBe(`north${hostile.replace("\u2028", "")}`);
  });

  test("headers, file names and the line of a model file in errors", async () => {
    project.write("header.csv", `x${hostile},y${hostile},z,kind\n1,2,3,north\n`);
    project.write(
      "bad.model.ts",
      `import { model } from "nabla";\nthrow Error("${hostile.replace("\u2028", "")}"); // ${hostile}\n`,
    );
    const results = [
      await project.nabla("train", "points.model.ts", "--data", "header.csv", "--epochs", "1"),
      await project.nabla("train", "bad.model.ts", "--data", "header.csv", "--epochs", "1"),
      await project.nabla("train", `no ${hostile}.ts`, "--data", "header.csv", "--epochs", "1"),
      await project.nabla("train", "points.model.ts", "--data", `no ${hostile}.csv`, "--epochs", "1"),
      await project.nabla("train", "points.model.ts", `--${hostile}`),
    ];
    expect(results.map(({ code }) => code)).toEqual([1, 1, 1, 1, 2]);
    for (const { stderr } of results) expect(stderr).not.toMatch(steering);
  });
});
