/** A worker of Node's, and bundlers' own types of plugins. */
import { Worker } from "node:worker_threads";
import type { Configuration as Rspack } from "@rspack/core";
import type { BuildOptions } from "esbuild";
import nabla from "nabla/plugin";
import { load, openTrainer } from "nabla/runtime";
import type { RollupOptions } from "rollup";
import type { UserConfig } from "vite";
import type { Configuration } from "webpack";

export const trainer = openTrainer(new Worker(new URL(import.meta.resolve("nabla/worker"))), "https://a.test/net.wasm");
export const net = load(new URL("net.wasm", import.meta.url));
export const vite: UserConfig = { plugins: [nabla.vite()], worker: { plugins: () => [nabla.vite()] } };
export const rollup: RollupOptions = { plugins: [nabla.rollup()] };
export const webpack: Configuration = { plugins: [nabla.webpack()] };
export const rspack: Rspack = { plugins: [nabla.rspack()] };
export const esbuild: BuildOptions = { plugins: [nabla.esbuild()] };
