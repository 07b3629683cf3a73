/** `nabla build --tune` as a user runs it, and the builds that come after it. */
import { beforeAll, describe, expect, test } from "vitest";
import { pointsModel, pointsTable, terminalCodes } from "./samples.ts";
import { createProject, type Finished, type Project } from "./setup.ts";

let project: Project;
let tuned: Finished;
let tileFile: string;
let untuned: string;
beforeAll(async () => {
  project = createProject({ "points.model.ts": pointsModel() });
  await project.nabla("build", "points.model.ts", "--out-dir", "out/plain");
  untuned = project.read("out/plain/points.infer.wasm");
  tuned = await project.nabla("build", "points.model.ts", "--out-dir", "out", "--tune", "--tune-ms", "1");
  tileFile = project.read("points.tiles.json");
});

const build = (...more: string[]) => project.nabla("build", "points.model.ts", "--out-dir", "out", ...more);

/** The file as --tune would have written it, with another tile for the first kernel of the model. */
const withTile = (tile: string, file = tileFile): string => {
  const [[section, { engine, tiles }]] = Object.entries(JSON.parse(file)) as [
    [string, { engine: string; tiles: Record<string, object> }],
  ];
  return JSON.stringify({ [section]: { engine, tiles: { [Object.keys(tiles)[0]!]: { tile } } } });
};

describe("nabla build --tune", () => {
  test("writes the tiles beside the model, and shows what it found", () => {
    expect(tuned.code).toBe(0);
    const section = JSON.parse(tileFile)["infer f32 batch 4"];
    expect(section.engine).toMatch(/^Node \d+\.\d+\.\d+, V8 \d+\.\d+$/);
    expect(Object.keys(section.tiles)).toEqual([
      "[i0<n, i1<3] a[3*i0 + i1] = add(sum[r0<2](mul(b[2*i0 + r0], c[3*r0 + i1])), d[i1])",
    ]);
    expect(tuned.stdout).toMatch(
      /^kernel +tiles +by the cost model +fastest here +gain\ninfer\.0 +4 +lanes along i1 x1 /,
    );
    expect(tuned.stdout).toContain("written  points.tiles.json\n");
    expect(tuned.stdout).toContain("written  out/points.infer.wasm\n");
  });

  test("in a pipe, a line a kernel on stderr and no control codes", () => {
    expect(tuned.stderr).toMatch(/^tuned infer\.0: lanes along i1 x1[^\n]*\n/);
    expect(tuned.stdout + tuned.stderr).not.toMatch(terminalCodes);
  });

  test("another mode gets a section of its own", async () => {
    expect((await build("--mode", "train", "--tune", "--tune-ms", "1")).code).toBe(0);
    expect(Object.keys(JSON.parse(project.read("points.tiles.json")))).toEqual([
      "infer f32 batch 4",
      "train f32 batch 4",
    ]);
    project.write("points.tiles.json", tileFile);
  });

  test("--tune-ms without it is refused", async () => {
    const { code, stderr } = await build("--tune-ms", "5");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: --tune-ms: expected --tune beside it\n" });
  });
});

describe("later builds", () => {
  const untrained = "no --weights: the module has the initial, untrained values\n";

  test("follow the file, time nothing, and give the same bytes each time", async () => {
    project.write("points.tiles.json", withTile("lanes along i1 x1, i0 by 2, last rows x1"));
    const first = await build("--dump=infer/tile");
    expect(first).toMatchObject({ code: 0, stderr: untrained });
    expect(first.stdout).toMatch(/^infer\.0: lanes along i1 x1, i0 by 2, last rows x1\n/);
    const bytes = project.read("out/points.infer.wasm");
    expect(bytes).not.toBe(untuned);
    await build();
    expect(project.read("out/points.infer.wasm")).toBe(bytes);
  });

  test("ignore what fits no kernel any more, and say so", async () => {
    project.write("points.tiles.json", withTile("lanes across r0 x1"));
    const { code, stderr } = await build();
    const stale = "points.tiles.json: 1 of 1 tiles fit no kernel any more, ignored: nabla build --tune finds others\n";
    expect({ code, stderr }).toEqual({ code: 0, stderr: stale + untrained });
    expect(project.read("out/points.infer.wasm")).toBe(untuned);
  });

  test("of another batch say that there are none for it", async () => {
    project.write("points.tiles.json", tileFile);
    const { code, stderr } = await build("--batch", "2");
    const none = "points.tiles.json has tiles for infer f32 batch 4, none for infer f32 batch 2";
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${none}: nabla build --tune adds them\n${untrained}` });
  });

  test("refuse a damaged file with its place", async () => {
    project.write("points.tiles.json", `${tileFile.slice(0, 40)}`);
    const { code, stderr } = await build();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^points\.tiles\.json:\d+ tiles\/syntax\n {2}expected .*, got /);
  });
});

describe("nabla train", () => {
  const train = (out: string) =>
    project.nabla(
      "train",
      "points.model.ts",
      "--data",
      "points.csv",
      "--map",
      "point=x,y",
      "--epochs",
      "3",
      "--out",
      out,
    );

  test("follows the file, to the same bits, and says what fits no kernel", async () => {
    project.write("points.csv", pointsTable());
    project.write("points.tiles.json", "{}");
    expect((await train("plain.safetensors")).code).toBe(0);
    expect((await build("--mode", "train", "--tune", "--tune-ms", "1")).code).toBe(0);
    const trainTiles = project.read("points.tiles.json");
    const tuned = await train("tuned.safetensors");
    expect(tuned.stderr).not.toContain("tiles");
    expect(project.read("tuned.safetensors")).toBe(project.read("plain.safetensors"));
    project.write("points.tiles.json", withTile("lanes across r0 x7", trainTiles));
    const stale = await train("stale.safetensors");
    expect(stale.stderr).toContain("points.tiles.json: 1 of 1 tiles fit no kernel any more, ignored");
    expect(project.read("stale.safetensors")).toBe(project.read("plain.safetensors"));
  });
});
