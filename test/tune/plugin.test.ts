/** The plugin builds with the tiles beside the model, and watches their file. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildRequest } from "../../compiler/plugin/build.ts";
import { filesToMend } from "../../compiler/plugin/error.ts";
import { parseRequest } from "../../compiler/plugin/request.ts";
import { pointsModel } from "../cli/samples.ts";

const signature = "[i0<n, i1<3] a[3*i0 + i1] = add(sum[r0<2](mul(b[2*i0 + r0], c[3*r0 + i1])), d[i1])";
const tile = "lanes along i1 x1, i0 by 3, last rows x1";

const folder = mkdtempSync(join(tmpdir(), "nabla-tiles-"));
const model = join(folder, "points.model.ts");
const tiles = join(folder, "points.tiles.json");
writeFileSync(model, pointsModel());

const request = () => buildRequest(parseRequest(`${model}?infer`), { cache: join(folder, "cache"), log: () => {} });

test("without a file, the cost model decides", async () => {
  const { sources } = await request();
  expect(sources).toEqual([model]);
});

test("with one, it does", async () => {
  writeFileSync(tiles, JSON.stringify({ "infer f32 batch 4": { engine: "Node", tiles: { [signature]: { tile } } } }));
  const { built, sources } = await request();
  expect(sources).toContain(tiles);
  const stage = built.stages.find(({ name }) => name === "infer/tile")!;
  expect(stage.text()).toBe(`infer.0: ${tile}`);
});

test("a damaged one is watched, so that mending it builds again", async () => {
  writeFileSync(tiles, "{");
  const thrown = await request().catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "tiles/syntax" });
  expect(filesToMend(thrown, model)).toEqual([model, tiles]);
});
