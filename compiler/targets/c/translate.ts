/**
 * A scalar module as one piece of C: wasm2c's header and source with our runtime in front, nothing to include but the C
 * library.
 *
 *   translate(scalarize(wasm), "iris", 2048)  ->  ... u32 w2c_iris_infer(w2c_iris *instance, u32 n) { ... }
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { internalError } from "../../diagnostics.ts";
import { runtimeOf } from "./runtime.ts";

/** A program for Node that the package holds; it has no function to call. */
const wasm2c = createRequire(import.meta.url).resolve("wabt/bin/wasm2c");

/** `name`: an identifier, in every symbol with external linkage. */
export function translate(wasm: Uint8Array, name: string, memoryBytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-c-"));
  try {
    const at = (file: string) => join(folder, file);
    writeFileSync(at("net.wasm"), wasm);
    execFileSync(process.execPath, [wasm2c, at("net.wasm"), "-n", translatedName(name), "-o", at("net.c")], {
      stdio: "pipe",
    });
    const header = replaced(readFileSync(at("net.h"), "utf8"), '#include "wasm-rt.h"', runtimeOf(memoryBytes));
    return header + inStaticMemory(replaced(readFileSync(at("net.c"), "utf8"), '#include "net.h"', ""));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An identifier as it stands in wasm2c's names, which escape underscores by rules of their own: so it has none. */
export const translatedName = (name: string): string => name.replaceAll("Z", "ZZ").replaceAll("_", "Zu");

/**
 * The memory has a fixed address, which saves fetching it before each access; and loads need not happen when their value is
 * unused, as they cannot fail, so the compiler may move them, and use vectors.
 */
const inStaticMemory = (source: string): string =>
  replaced(source, "&((mem)->data[addr])", "(nabla_memory.bytes + (size_t)(addr))").replaceAll(
    /__asm__\("" ::"[rf]"\(var\)\);/g,
    "",
  );

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw internalError(`wasm2c writes no ${from}, which is to be replaced`);
  return text.replace(from, () => to);
}
