/**
 * A self-contained page: no script, no request, light or dark as the reader has it.
 *
 *   page("iris", [section("Loss", svg), section("Settings", definitions([["seed", "1"]]))])
 */

import { inOneLine } from "../../visible.ts";

/** Text as HTML shows it. */
export const escapeHtml = (text: string): string =>
  inOneLine(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `body` is HTML. */
export const section = (title: string, body: string): string =>
  `<section>\n<h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;

export const definitions = (rows: readonly (readonly [name: string, value: string])[]): string =>
  `<dl>\n${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("\n")}\n</dl>`;

export interface Cell {
  readonly text: string;
  /** From 0 to 1: how dark it is. */
  readonly shade?: number;
}

/** The first row and the first column are heads. */
export function tableOf(caption: string, rows: readonly (readonly (string | Cell)[])[]): string {
  const cell = (value: string | Cell, isHead: boolean): string => {
    const { text, shade } = typeof value === "string" ? { text: value, shade: undefined } : value;
    const tag = isHead ? "th" : "td";
    const style = shade === undefined ? "" : ` style="--shade:${Math.round(100 * shade)}%"`;
    return `<${tag}${style}>${escapeHtml(text)}</${tag}>`;
  };
  const lines = rows.map((row, i) => `<tr>${row.map((value, j) => cell(value, i === 0 || j === 0)).join("")}</tr>`);
  return `<div class="scrolls"><table>\n<caption>${escapeHtml(caption)}</caption>\n${lines.join("\n")}\n</table></div>`;
}

/** By which a page is known as one of these. */
export const pageMark = '<meta name="generator" content="nabla">';

export const page = (title: string, sections: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${pageMark}
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#1a1a1a, #e8e8e8); --line: light-dark(#ccc, #555); --mark: light-dark(#9cc8ec, #1d5f93); }
body { color: var(--ink); background: Canvas; font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; } dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left; padding-bottom: .4rem; }
th, td { border: 1px solid var(--line); padding: .25rem .7rem; text-align: right; } tr > :first-child { text-align: left; }
td[style] { background: color-mix(in oklab, var(--mark) var(--shade), Canvas); }
details { margin-bottom: 1.2rem; } summary { cursor: pointer; }
.key { background: var(--key); color: #000; padding: .1rem .6rem; border-radius: 4px; }
.picture { overflow: auto; max-height: 80vh; border: 1px solid var(--line); } .picture label { position: sticky; left: 0; display: block; padding: .3rem .6rem; }
.picture svg { max-width: none; } .picture:has(:checked) svg { max-width: 100%; max-height: 75vh; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; } figure { margin: 0; }
.scrolls { overflow-x: auto; margin-bottom: 1.2rem; } svg { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections.join("\n")}
</body>
</html>
`;
