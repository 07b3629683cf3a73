/** A picture that the reader zooms and moves: its frame as HTML, and the style and the script that the page needs for it. */
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import type { PageParts } from "../report/page.ts";

/** `what` is for those who hear the page. */
export const zoomable = (svg: string, what: string): string =>
  `<div class="picture" tabindex="0" role="group" aria-label="${what}: plus and minus zoom, arrows move, 0 fits">${svg}<p>${buttons}</p></div>`;

const buttons = [
  ["-", "−", "zoom out"],
  ["+", "+", "zoom in"],
  ["0", "fit", "show the whole"],
]
  .map(([value, text, title]) => `<button value="${value}" title="${title}" aria-label="${title}">${text}</button>`)
  .join("");

/** Without the script, the whole picture is there, and the buttons are not. */
const style = `.picture { position: relative; height: min(70vh, 44rem); border: 1px solid var(--line); border-radius: 4px; }
.picture svg { width: 100%; height: 100%; touch-action: pan-y; } .zoomed svg { cursor: grab; touch-action: none; } .zoomed svg:active { cursor: grabbing; }
.picture p { position: absolute; right: .5rem; top: .5rem; margin: 0; display: none; gap: .3rem; } .live p { display: flex; }
.picture button { font: inherit; min-width: 2.4rem; height: 2.4rem; color: var(--ink); background: light-dark(#fffd, #222d); border: 1px solid var(--line); border-radius: 4px; cursor: pointer; }
.picture text { font: 10px Helvetica, Arial, sans-serif; text-anchor: middle; fill: #000; user-select: none; } .picture .end text { fill: var(--ink); }
.edge path { fill: none; stroke: light-dark(#777, #999); } .edge polygon { fill: light-dark(#777, #999); }
.node path { stroke: #555; fill: var(--part); } .key { color: #000; background: var(--part); padding: .1rem .6rem; border-radius: 4px; }
.leaf { --part: #e6e6e6; } .forward { --part: #bfdcf2; } .adjoint { --part: #f7d0b2; } .update { --part: #bfe6d5; }
`;

/** The script beside this file, in the form in which this file is: .ts in the repository, .js when compiled. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

export function viewerParts(): Required<PageParts> {
  const source = readFileSync(new URL(`./zoom${extension}`, import.meta.url), "utf8");
  return { style, script: transformSync(source, { loader: "ts", minify: true, format: "iife" }).code };
}
