/** An ES module with the part of the loader that it needs inside. */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** The loader in the folder runtime, in the form in which this file is: .ts in the repository, .js when compiled. */
const runtime = new URL("../../runtime/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** How text that is bundled names a file of the loader: "infer" -> "./infer.ts". */
export const runtimeFile = (name: string): string => `./${name}${extension}`;

export function bundleLoader(contents: string, minify = false): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: fileURLToPath(runtime) },
    bundle: true,
    format: "esm",
    target: "es2022",
    minify,
    write: false,
    banner: { js: "// Written by nabla: a change here is lost at the next build." },
  });
  return outputFiles[0]!.text;
}
