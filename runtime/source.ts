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

export type Source = Bytes | WasmModule | ResponseLike | URLLike | string;

// Programs are type-checked that know no DOM; so these say what is used of its types, which fit them.
export type Bytes = ArrayBuffer | ArrayBufferView;
/** A WebAssembly.Module, which shows nothing of itself. */
export type WasmModule = object;
export interface URLLike {
  readonly href: string;
}
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What only one kind has: its presence tells which it is. */
type Found = { trim?: unknown; href?: string; byteLength?: number } & Partial<Response>;

/** The rejection of fetch, a Response that is not ok, and WebAssembly.CompileError pass through. */
export async function compileSource(source: Source | PromiseLike<Source>): Promise<WasmModule> {
  let found = (await source) as Found;
  if (found.trim || found.href) found = (await open(`${found}`)) as Found;
  if (!found.arrayBuffer) return found.byteLength ? WebAssembly.compile(found as BufferSource) : found;
  if (!found.ok) wrong(found.url!, "status 200", found.status);
  // compileStreaming, which not every host has, refuses every other type, and by then the body is used up.
  return (
    (found.headers!.get("content-type") === "application/wasm" && WebAssembly.compileStreaming?.(found as Response)) ||
    WebAssembly.compile(await found.arrayBuffer())
  );
}

/**
 * Node's fetch knows no file:. No bundler looks for a module that the process is asked for. A file is compiled at once, half a
 * millisecond sooner than by a task; a page, which may not, has no files.
 */
const open = (url: string): Promise<Response> | WebAssembly.Module =>
  process && /^file:/.test(url)
    ? new WebAssembly.Module(process.getBuiltinModule("fs").readFileSync(new URL(url)))
    : fetch(url);

/** Absent outside Node, Deno and Bun. */
const { process } = globalThis as {
  process?: { getBuiltinModule(name: string): { readFileSync(url: URL): Uint8Array<ArrayBuffer> } };
};
