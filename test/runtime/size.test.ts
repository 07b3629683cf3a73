/** The loader as a page gets it: bundled, minified, compressed. */
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

function bundle(entry: string): string {
  const path = fileURLToPath(new URL(`../../runtime/${entry}`, import.meta.url));
  const { outputFiles } = buildSync({ entryPoints: [path], bundle: true, minify: true, format: "esm", write: false });
  return outputFiles[0]!.text;
}

test.each([
  ["load.ts", 2048],
  ["infer.ts", 1600],
])("%s compresses to less than %i bytes", (entry, limit) => {
  const text = bundle(entry);
  const [gzip, brotli] = [gzipSync(text, { level: 9 }).length, brotliCompressSync(text).length];
  console.log(`${entry}: ${text.length} bytes minified, ${gzip} with gzip, ${brotli} with brotli`);
  expect(gzip).toBeLessThan(limit);
});

test("nothing in the runtime imports a package, a module of Node, or evaluates text", () => {
  expect(bundle("index.ts")).not.toMatch(/\beval\b|new Function|\brequire\b|from"|\bimport\(/);
});
