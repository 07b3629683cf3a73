/**
 * RESULTS.md from the runs and the notes written by hand: a section a host, in it a table for each question.
 *
 *   reportText([run], "## What limits it\n...")
 */
import { productFlops, workloads } from "../workloads/index.mjs";
import { number, table } from "./table.mjs";
import { caseName, reachedTargets } from "./targets.mjs";

export const reportText = (runs, notes) =>
  [
    "# Nabla beside others",
    "Written by `npm run bench`; the notes at the end come from [NOTES.md](NOTES.md). Medians of samples taken in turns, one thread, rows copied in and results copied out for every peer. Ratios compare within a run; times vary with the machine.",
    "![Times as fast as the fastest rival in JavaScript or Wasm](results.svg)",
    ...runs.map(runText),
    notes.trim(),
    "",
  ].join("\n\n");

const runText = (run) =>
  [
    `## ${run.host.cpu}, Node ${run.host.node}`,
    hostText(run),
    section("Targets", targetTable(reachedTargets(run))),
    section("Times", timeTable(run.rows)),
    section("Share of the peak", shareTable(run)),
    section("Arena", arenaTable(run.arenas ?? [])),
    section("Bytes of code on a page (mlp-mnist, without weights)", sizeTable(run.sizes ?? [])),
    section("Start of Node to the first inference (mlp-mnist)", startTable(run.startup ?? [])),
    section("Compile time", compileTable(run.compile)),
    section("Results in fresh arrays", freshTable(run.fresh ?? [])),
    section("Relaxed SIMD (nabla build --relaxed)", relaxedTable(run.relaxed ?? [])),
  ]
    .filter((part) => part)
    .join("\n\n");

const section = (title, body) => body && `### ${title}\n\n${body}`;

function hostText({ host, quick, versions, peak, missing = [] }) {
  const speeds = Object.entries(peak).map(([name, speed]) => `${name} ${number(speed)} GFLOP/s`);
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${host.os} ${host.arch}, V8 ${host.v8}, ${host.date}${quick ? ", `--quick`" : ""}. Peak measured: ${speeds.join(", ")}. Load before the run: ${host.load.toFixed(1)}${host.load > 1 ? ", so other work disturbed it: to be run again when the machine is idle" : ""}.`,
    `${packages.join(", ")}.${missing.length ? ` In the last run without ${missing.join(", ")}.` : ""}`,
  ].join("\n\n");
}

const targetTable = (targets) =>
  table(
    ["what", "measure", "target", "got", ""],
    targets.map(({ what, measure, target, got, met }) => [
      what,
      measure,
      number(target),
      number(got),
      met ? "met" : "**short**",
    ]),
  );

/** One row a case, one column a peer: microseconds, and how many times as fast Nabla is. */
function timeTable(rows) {
  const peers = [...new Set(rows.map(({ peer }) => peer))];
  const cases = [...new Set(rows.map(caseName))];
  const cells = cases.map((name) => {
    const here = rows.filter((row) => caseName(row) === name);
    const ours = here.find(({ peer }) => peer === "nabla").microseconds;
    const cell = (row) => row && timeCell(row, ours);
    const worst = Math.max(...here.map(({ error }) => error));
    return [name, ...peers.map((peer) => cell(here.find((row) => row.peer === peer)) ?? ""), worst.toExponential(0)];
  });
  return table(["microseconds (times Nabla's)", ...peers, "largest error"], cells);
}

const timeCell = ({ peer, microseconds }, ours) =>
  peer === "nabla" ? number(microseconds) : `${number(microseconds)} (${number(microseconds / ours)})`;

/** GFLOP/s of Nabla's matrix products; elementwise work is time without FLOPs here. */
function shareTable({ rows, peak }) {
  const lines = rows
    .filter(({ peer }) => peer === "nabla")
    .map((row) => {
      const workload = workloads.find(({ name }) => name === row.workload);
      const speed = productFlops(workload, row) / row.microseconds / 1000;
      return [caseName(row), number(speed), `${Math.round((100 * speed) / peak.mulAdd)} %`];
    });
  return table(["Nabla", "GFLOP/s in products", "of the mul + add peak"], lines);
}

const arenaTable = (arenas) =>
  table(
    ["Nabla", "arena, bytes", "lower bound"],
    arenas.map((one) => [caseName(one), String(one.arenaBytes), String(one.lowerBoundBytes)]),
  );

const sizeTable = (sizes) =>
  table(
    ["mode", "peer", "raw", "gzip", "brotli"],
    sizes.map(({ mode, peer, raw, gzip, brotli }) => [mode, peer, String(raw), String(gzip), String(brotli)]),
  );

const startTable = (startup) =>
  table(
    ["peer", "ms above an empty process", "of them, ms from model to result"],
    startup.map(({ peer, startMs, loadedMs }) => [peer, number(startMs), number(loadedMs)]),
  );

const compileTable = (compile) =>
  compile &&
  table(
    ["training module", "ms"],
    [
      ["ten layers of 128", number(compile.tenLayersMs)],
      ...compile.growth.map(({ nodes, ms }) => [`${nodes} nodes in the step graph`, number(ms)]),
    ],
  );

const freshTable = (rows) =>
  table(
    ["Nabla", "filled again, microseconds", "fresh", "times"],
    rows.map(({ filled, fresh, ...one }) => [caseName(one), number(filled), number(fresh), number(fresh / filled)]),
  );

const relaxedTable = (rows) =>
  table(
    ["Nabla", "plain, microseconds", "relaxed", "times as fast", "difference"],
    rows.map(({ plain, relaxed, error, ...one }) => [
      caseName(one),
      number(plain),
      number(relaxed),
      number(plain / relaxed),
      error.toExponential(0),
    ]),
  );
