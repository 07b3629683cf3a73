/** Static files that work from any folder of any server. */
import { fileURLToPath } from "node:url";
import { assets } from "./build/plugin.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const digits = process.env.NABLA_DIGITS ?? fileURLToPath(new URL("../../../shared/data/mnist10k", import.meta.url));

export default {
  root: here,
  base: "./",
  // A package cannot import itself by name from a page.
  resolve: { alias: { "nabla/runtime": fileURLToPath(new URL("../../runtime/index.ts", import.meta.url)) } },
  plugins: [assets({ digits })],
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: fileURLToPath(new URL("../../out/playground", import.meta.url)),
    emptyOutDir: true,
  },
};
