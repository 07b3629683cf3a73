/**
 * Tiles that were found by timing, by what their kernel computes. They stand in for the chosen ones where the bits stay.
 *
 *   { "[i0<n, i1<16] a[16*i0 + i1] = ...": lanes along i1 x4, i0 by 2 }
 */
import type { Kernel } from "./kernel.ts";
import { tilesLike } from "./same-bits.ts";
import { signatureOf } from "./signature.ts";
import { chooseLanes } from "./tile.ts";
import { printTile, type TileRequest, type Tiling } from "./tiling.ts";

/** Signature -> tile. */
export type TileTable = ReadonlyMap<string, Tiling>;

/** The table's tile for a kernel; undefined where it has none, or one that would change the bits. */
export function tunedTile(table: TileTable, kernel: Kernel, request: TileRequest): Tiling | undefined {
  const found = table.get(signatureOf(kernel));
  if (found === undefined) return undefined;
  const text = printTile(found);
  return tilesLike(chooseLanes(kernel, request), kernel, request).find((tile) => printTile(tile) === text);
}

/** Signatures of the table that no kernel follows. */
export function unusedTiles(
  table: TileTable,
  functions: readonly { readonly tiles: readonly { readonly kernel: Kernel; readonly tile: Tiling }[] }[],
): string[] {
  const followed = new Set(
    functions
      .flatMap(({ tiles }) => tiles)
      .map(({ kernel, tile }) => ({ signature: signatureOf(kernel), text: printTile(tile) }))
      .filter(({ signature, text }) => table.has(signature) && printTile(table.get(signature)!) === text)
      .map(({ signature }) => signature),
  );
  return [...table.keys()].filter((signature) => !followed.has(signature));
}
