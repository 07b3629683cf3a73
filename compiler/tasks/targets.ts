/**
 * What a build writes for each target, its manifest apart.
 *
 *   targets.c(built, "digits", "digits.infer.wasm").files    // digits.c, digits.h
 */
import { relaxedFile } from "../bindings/write.ts";
import type { Built } from "../compile.ts";
import { writeC } from "../targets/c/write.ts";
import { writeJs } from "../targets/js/write.ts";

export type Target = "wasm" | "c" | "js";

/** What ships, by what it is called where sizes are shown. */
export type Part = readonly [name: string, contents: string | Uint8Array];

interface TargetFiles {
  /** Name -> contents. */
  readonly files: Map<string, string | Uint8Array>;
  readonly parts: readonly Part[];
}

/** `base`: what the files are called; `wasmFile`: what the loader in built.js loads. */
export const targets: Record<Target, (built: Built, base: string, wasmFile: string) => TargetFiles> = {
  wasm: ({ wasm, relaxedWasm, js, dts }, base, wasmFile) => ({
    files: filesOf({
      [wasmFile]: wasm,
      ...(relaxedWasm && { [relaxedFile(wasmFile)]: relaxedWasm }),
      [`${base}.js`]: js,
      [`${base}.d.ts`]: dts,
    }),
    parts: [["wasm", wasm], ...(relaxedWasm ? [["wasm, relaxed", relaxedWasm] as const] : []), ["js", js]],
  }),
  c({ wasm, manifest }, base) {
    const { source, header } = writeC(wasm, manifest, base);
    return { files: filesOf({ [`${base}.c`]: source, [`${base}.h`]: header }), parts: [["c", source]] };
  },
  // Beside the loader of the same network it has a name of its own.
  js({ wasm, manifest }, base) {
    const { js, dts } = writeJs(wasm, manifest);
    return { files: filesOf({ [`${base}.plain.js`]: js, [`${base}.plain.d.ts`]: dts }), parts: [["js", js]] };
  },
};

const filesOf = (files: Readonly<Record<string, string | Uint8Array>>) => new Map(Object.entries(files));
