/**
 * A network as C: one source file without dependencies but the C library, and its header. For microcontrollers and native
 * programs; the bits are those of the module.
 *
 *   writeC(wasm, manifest, "iris")  ->  iris.c, iris.h
 */
import type { Manifest } from "../../bindings/manifest.ts";
import { badFileName } from "../../diagnostics.ts";
import { fileNameFault } from "../../file-name.ts";
import { scalarize } from "../scalar/scalarize.ts";
import { bytesOf, interfaceOf } from "./interface.ts";
import { identifier } from "./names.ts";
import { translate } from "./translate.ts";

export interface CFiles {
  readonly source: string;
  readonly header: string;
}

/** `name`: of the header's file, and, made an identifier, before every function. */
export function writeC(wasm: Uint8Array, manifest: Manifest, name: string): CFiles {
  const fault = fileNameFault(name);
  if (fault !== undefined) throw badFileName(name, fault);
  const translated = translate(scalarize(wasm), identifier(name), bytesOf(manifest.memory));
  const { header, definitions } = interfaceOf(manifest, name);
  const source = `/* Written by nabla: a change here is lost at the next build. */\n#include "${name}.h"\n${translated}${definitions}`;
  return { source, header };
}
