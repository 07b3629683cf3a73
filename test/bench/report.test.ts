import { expect, test } from "vitest";
import { chartOption } from "../../bench/report/chart.mjs";
import { mergeRun } from "../../bench/report/merge.mjs";
import { number } from "../../bench/report/table.mjs";
import { reachedTargets } from "../../bench/report/targets.mjs";
import { reportText } from "../../bench/report/text.mjs";
import { run } from "./run.ts";

const short = (one: object) => reachedTargets(one).map(({ what, got, met }) => [what, Number(got.toFixed(3)), met]);

test("targets: against the fastest in JavaScript or Wasm, native code left out", () => {
  expect(short(run)).toEqual([
    ["mlp-mnist, infer, 1", 2.2, false],
    ["mlp-mnist, train, 32", 3, true],
    ["mlp-mnist, infer, code and loader", 4500, false],
    ["start to first inference", 3.5, true],
  ]);
});

test("targets: Node 20 has its own for one row of mlp-mnist", () => {
  expect(short({ ...run, host: { ...run.host, node: "20.20.2" } })[0]).toEqual(["mlp-mnist, infer, 1", 2.2, true]);
});

test("targets: the large product as a share of the peak", () => {
  const product = { workload: "gemm-512", mode: "infer", batch: 512, error: 0 };
  const rows = [{ ...product, peer: "nabla", microseconds: (2 * 512 ** 3) / 45 / 1000 }];
  expect(short({ host: run.host, peak: { mulAdd: 50 }, rows })).toEqual([["gemm-512, infer, 512", 0.9, true]]);
});

test("report: the whole text", () => {
  expect(reportText([run], "## What limits it\n\nNothing here.\n")).toMatchSnapshot();
});

test("report: a loaded machine is said", () => {
  const loaded = { ...run, host: { ...run.host, load: 2.5 } };
  expect(reportText([loaded], "")).toContain("Load before the run: 2.5, so other work disturbed it");
});

test("report: peers that the last run did not have are named", () => {
  expect(reportText([{ ...run, missing: ["tfjs", "brain-js"] }], "")).toContain(
    "In the last run without tfjs, brain-js.",
  );
});

test("merge: a case measured again goes as a whole, the others stay; another Node is another run", () => {
  const again = { ...run, rows: [{ ...run.rows[0], microseconds: 4 }], arenas: [], sizes: undefined };
  const [merged, ...others] = mergeRun([run], again);
  expect(others).toEqual([]);
  expect(merged.rows.map(({ mode, peer, microseconds }: (typeof run.rows)[0]) => [mode, peer, microseconds])).toEqual([
    ["train", "nabla", 400],
    ["train", "jax-js", 1200],
    ["infer", "nabla", 4],
  ]);
  expect(merged.sizes).toEqual(run.sizes);
  expect(mergeRun([run], { ...run, host: { ...run.host, node: "27.0.0" } })).toHaveLength(2);
});

test("chart: ratios to Nabla's time, a gap where a peer has none", () => {
  const { series } = chartOption(run);
  expect(series.map(({ name, data }) => [name, data])).toEqual([
    ["ort-web", [2.2, "-"]],
    ["tfjs", [8, "-"]],
    ["ort-node", [0.2, "-"]],
    ["jax-js", ["-", 3]],
  ]);
});

test("numbers: three digits, no exponent", () => {
  expect([0.07512, 8.4, 37.96, 1160.4].map(number)).toEqual(["0.0751", "8.4", "38", "1160"]);
});
