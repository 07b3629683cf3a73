/**
 * From whatever a host has at hand to a compiled module:
 * bytes, a WebAssembly.Module (Workers, bundlers), a Response, a URL or its text, or a promise of one of these.
 *
 *   compileSource(fetch("digits.infer.wasm"))                    // streams where the server names the type
 *   compileSource(new URL("digits.infer.wasm", import.meta.url)) // http: in a page, file: in Node
 *
 * Kinds are told apart by what they can do, not by instanceof, which fails for a value of another realm (a frame, a test).
 */

import { wrong } from "./wrong.ts";

export type Source = BufferSource | WebAssembly.Module | Response | URL | string;

/** The rejection of fetch, a Response that is not ok, and WebAssembly.CompileError pass through. */
export async function compileSource(source: Source | PromiseLike<Source>): Promise<WebAssembly.Module> {
  let found = await source;
  if (typeof found === "string" || "href" in found) found = await open(`${found}`);
  if (!("arrayBuffer" in found)) return "byteLength" in found ? WebAssembly.compile(found) : found;
  if (!found.ok) wrong(found.url, "a module", `status ${found.status}`, TypeError);
  // compileStreaming, which not every host has, refuses every other type, and by then the body is used up.
  return (
    (found.headers.get("content-type") === "application/wasm" && WebAssembly.compileStreaming?.(found)) ||
    WebAssembly.compile(await found.arrayBuffer())
  );
}

/** Node's fetch knows no file:. No bundler looks for a module that the process is asked for. */
const open = (url: string): Promise<Response> | BufferSource =>
  (url.startsWith("file:") && (globalThis as Host).process?.getBuiltinModule("fs").readFileSync(new URL(url))) ||
  fetch(url);

interface Host {
  readonly process?: { getBuiltinModule(name: string): { readFileSync(url: URL): Uint8Array<ArrayBuffer> } };
}
