/**
 * How long a process of Node takes to its first inference of one row of mlp-mnist, above a process that does nothing, and how
 * much of it lies between the bytes (code imported, model read) and the result. Processes take turns; medians.
 * Gives rows { peer, startMs, loadedMs }.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeBindings } from "../../dist/compiler/bindings/write.js";
import { compile } from "../../dist/compiler/index.js";
import { describe, namedWeights } from "../peers/nabla.mjs";
import { makeWeights } from "../workloads/data.mjs";
import { workloads } from "../workloads/index.mjs";
import { median } from "./statistics.mjs";

const script = (name) => fileURLToPath(new URL(`../start/${name}.mjs`, import.meta.url));
const folder = fileURLToPath(new URL("../out/start/", import.meta.url));

export async function measureStartup({ peers, quick }) {
  await writeModels(peers);
  const starts = Object.fromEntries([["empty", [script("empty")]], ...peers.map((peer) => [peer, commandOf(peer)])]);
  const above = Object.fromEntries(peers.map((peer) => [peer, []]));
  const loaded = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (const command of Object.values(starts)) runOnce(command); // fills the file cache
  for (let round = 0; round < (quick ? 5 : 31); round++) {
    const empty = runOnce(starts.empty).wall;
    for (const peer of peers) {
      const sample = runOnce(starts[peer]);
      above[peer].push(sample.wall - empty);
      loaded[peer].push(sample.loaded);
    }
  }
  return peers.map((peer) => ({ peer, startMs: median(above[peer]), loadedMs: median(loaded[peer]) }));
}

const commandOf = (peer) => [script(peer === "nabla" ? "nabla" : "rival"), folder, peer];

/** Milliseconds of the whole process, and those that it prints: from loaded bytes to the first result. */
function runOnce(command) {
  const start = performance.now();
  const printed = execFileSync(process.execPath, command, { encoding: "utf8" });
  return { wall: performance.now() - start, loaded: Number(printed) };
}

/** What a deployment would hold: Nabla's bundle, an ONNX file, or the bare weights. */
async function writeModels(peers) {
  const mnist = workloads.find(({ name }) => name === "mlp-mnist");
  const weights = makeWeights(mnist);
  mkdirSync(folder, { recursive: true });
  const { wasm, manifest } = await compile(describe(mnist, { batch: 1 }), {
    mode: "infer",
    weights: namedWeights(weights),
  });
  writeFileSync(`${folder}mnist.infer.wasm`, wasm);
  writeFileSync(`${folder}mnist.mjs`, writeBindings(manifest, "mnist.infer.wasm", { minify: true }).js);
  writeFileSync(
    `${folder}mnist.bin`,
    Buffer.concat(weights.flatMap(Object.values).map((values) => Buffer.from(values.buffer))),
  );
  if (!peers.some((peer) => peer.startsWith("ort"))) return;
  const { encodeOnnx } = await import("./onnx.mjs");
  writeFileSync(`${folder}mnist.onnx`, encodeOnnx(mnist, weights, 1));
}
