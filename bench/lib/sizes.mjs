/**
 * The bytes of code that a page must load for mlp-mnist: JavaScript as esbuild bundles and minifies it, and Wasm; the weights
 * apart. What a page loads only for another device (jax-js on WebGPU) is not counted.
 * Gives rows { mode, peer, raw, gzip, brotli }.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { writeBindings } from "../../dist/compiler/bindings/write.js";
import { compile } from "../../dist/compiler/index.js";
import { describe } from "../peers/nabla.mjs";
import { workloads } from "../workloads/index.mjs";
import { withoutData } from "./wasm-sections.mjs";

const bench = new URL("../", import.meta.url);

/** The entry that a page would bundle, in the modes a peer has, and the Wasm beside it. */
const pages = {
  "jax-js": { infer: "jax-js.mjs", train: "jax-js.mjs" },
  tfjs: {
    infer: "tfjs.mjs",
    train: "tfjs.train.mjs",
    wasm: "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  },
  "ort-web": { infer: "ort-web.mjs", wasm: "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm" },
  "brain-js": { infer: "brain-js.mjs" },
};

export async function measureSizes({ peers }) {
  const rows = [];
  for (const mode of ["infer", "train"]) {
    rows.push({ mode, peer: "nabla", ...weigh(await nablaFiles(mode)) });
    for (const peer of peers.filter((name) => pages[name]?.[mode])) {
      const { wasm } = pages[peer];
      const files = await bundle(`pages/${pages[peer][mode]}`);
      if (wasm) files.push(readFileSync(new URL(`node_modules/${wasm}`, bench)));
      rows.push({ mode, peer, ...weigh(files) });
    }
  }
  return rows;
}

async function nablaFiles(mode) {
  const mnist = workloads.find(({ name }) => name === "mlp-mnist");
  const { wasm, manifest } = await compile(describe(mnist, { batch: mode === "infer" ? 1 : 32 }), { mode });
  return [Buffer.from(writeBindings(manifest, `mnist.${mode}.wasm`, { minify: true }).js), withoutData(wasm)];
}

/** The entry's bundle and the chunks that it imports statically. */
async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, bench))],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // Node's modules, which some rivals ask for behind a check.
    external: ["fs", "path", "os", "util", "crypto", "worker_threads", "perf_hooks", "module", "node:*"],
    write: false,
    metafile: true,
    outdir: "out",
    absWorkingDir: fileURLToPath(bench),
    logLevel: "error",
  });
  const needed = new Set();
  const visit = (path) => {
    if (needed.has(path) || !metafile.outputs[path]) return;
    needed.add(path);
    for (const { path: imported, kind } of metafile.outputs[path].imports)
      if (kind === "import-statement") visit(imported);
  };
  visit(Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === entry));
  const isNeeded = (file) => [...needed].some((path) => file.endsWith(path));
  return outputFiles.filter(({ path }) => isNeeded(path.replaceAll("\\", "/"))).map(({ contents }) => contents);
}

/** Each file is compressed by itself, as a server does. */
function weigh(files) {
  const total = (size) => files.reduce((bytes, file) => bytes + size(file), 0);
  return {
    raw: total((file) => file.length),
    gzip: total((file) => gzipSync(file, { level: 9 }).length),
    brotli: total((file) => brotliCompressSync(file).length),
  };
}
