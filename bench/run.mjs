/**
 * Measures Nabla beside its rivals and writes bench/results.json, bench/RESULTS.md and bench/results.svg.
 *
 *   npm run bench                          everything
 *   npm run bench -- --quick               within two minutes, coarser
 *   npm run bench -- --only mlp-tiny       what is named: workloads, or sizes, startup, compile, fresh, relaxed
 *   npm run bench -- --peers tfjs,jax-js   these, beside Nabla
 *   npm run bench -- --node PATH           the same under another Node; results are kept by host and Node version
 */
import { spawnSync } from "node:child_process";
import { Command, InvalidArgumentError } from "commander";
import { measureCompile } from "./lib/compile-time.mjs";
import { measureFresh } from "./lib/fresh.mjs";
import { describeHost } from "./lib/host.mjs";
import { measureCase } from "./lib/measure.mjs";
import { measurePeak } from "./lib/peak.mjs";
import { measureRelaxed } from "./lib/relaxed.mjs";
import { measureSizes } from "./lib/sizes.mjs";
import { measureStartup } from "./lib/startup.mjs";
import { INSTALL, loadPeers, peerNames, versionsOf } from "./peers/index.mjs";
import { readResults, writeReport } from "./report/files.mjs";
import { mergeRun } from "./report/merge.mjs";
import { workloads } from "./workloads/index.mjs";

const paces = {
  full: { rounds: 41, sliceMs: 20, warmMs: 500 },
  quick: { rounds: 9, sliceMs: 6, warmMs: 120 },
};

/** What can be measured apart from the workloads. */
const extras = {
  sizes: measureSizes,
  startup: measureStartup,
  compile: measureCompile,
  fresh: measureFresh,
  relaxed: measureRelaxed,
};

const names = [...workloads.map(({ name }) => name), ...Object.keys(extras)];
const list = (known) => (text) => {
  const chosen = text.split(",");
  const wrong = chosen.find((name) => !known.includes(name));
  if (wrong) throw new InvalidArgumentError(`"${wrong}" is none of ${known.join(", ")}`);
  return chosen;
};

const options = new Command("bench")
  .option("--quick", "fewer and shorter samples")
  .option("--only <names>", `of ${names.join(", ")}`, list(names), names)
  .option("--peers <names>", `of ${peerNames.join(", ")}; Nabla always runs`, list(peerNames), peerNames)
  .option("--node <path>", "measure under this Node binary")
  .parse()
  .opts();

if (options.node) {
  const given = process.argv.slice(2);
  const rest = given.filter((word, i) => !word.startsWith("--node") && given[i - 1] !== "--node");
  process.exit(spawnSync(options.node, [process.argv[1], ...rest], { stdio: "inherit" }).status ?? 1);
}

const { found, missing } = await loadPeers([...new Set(["nabla", ...options.peers])]);
if (missing.length) console.log(`not installed: ${missing.join(", ")}. To install the rivals: ${INSTALL}\n`);

const pace = options.quick ? paces.quick : paces.full;
const run = {
  host: describeHost(),
  quick: Boolean(options.quick),
  versions: versionsOf(Object.keys(found)),
  missing: peerNames.filter((name) => !found[name]),
  rows: [],
  arenas: [],
};
run.peak = await measurePeak(pace);
console.log(
  `peak, GFLOP/s: ${Object.entries(run.peak)
    .map(([name, speed]) => `${name} ${speed.toFixed(1)}`)
    .join(", ")}`,
);
for (const workload of workloads.filter(({ name }) => options.only.includes(name))) {
  for (const one of workload.cases) {
    const { rows, arena } = await measureCase(workload, one, found, pace);
    run.rows.push(...rows);
    run.arenas.push({ workload: workload.name, ...one, ...arena });
    const times = rows.map(({ peer, microseconds }) => `${peer} ${microseconds.toPrecision(3)}`);
    console.log(`${workload.name} ${one.mode} ${one.batch}, microseconds: ${times.join(", ")}`);
  }
}
for (const [name, measure] of Object.entries(extras)) {
  if (!options.only.includes(name)) continue;
  run[name] = await measure({ peers: Object.keys(found), quick: run.quick, pace });
  console.log(`${name}: done`);
}

writeReport(mergeRun(readResults(), run));
console.log("\nbench/results.json, bench/RESULTS.md and bench/results.svg are written.");
