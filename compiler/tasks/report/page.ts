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

/** The first row and the first column are heads; columns of words stand to the left. */
export function tableOf(caption: string, rows: readonly (readonly (string | Cell)[])[]): string {
  const textOf = (value: string | Cell): string => (typeof value === "string" ? value : value.text);
  const isWords = (column: number) => column > 0 && rows.slice(1).some((row) => /^[a-z]/i.test(textOf(row[column]!)));
  const words = rows[0]!.map((_, column) => isWords(column));
  const cell = (value: string | Cell, isHead: boolean, column: number): string => {
    const shade = typeof value === "string" ? undefined : value.shade;
    const tag = isHead ? "th" : "td";
    const style = shade === undefined ? "" : ` style="--shade:${Math.round(100 * shade)}%"`;
    const kind = words[column] ? ' class="words"' : "";
    return `<${tag}${kind}${style}>${escapeHtml(textOf(value))}</${tag}>`;
  };
  const lines = rows.map((row, i) => `<tr>${row.map((value, j) => cell(value, i === 0 || j === 0, j)).join("")}</tr>`);
  return `<div class="scrolls"><table>\n<caption>${escapeHtml(caption)}</caption>\n${lines.join("\n")}\n</table></div>`;
}

/** By which a page is known as one of these. */
export const pageMark = '<meta name="generator" content="nabla">';

/** What a kind of page has beside what all have. */
export interface PageParts {
  readonly style?: string;
  /** Inline: the page asks for nothing, and says so to the browser. */
  readonly script?: string;
}

const policy = (script: string | undefined): string =>
  `default-src 'none'; style-src 'unsafe-inline'${script === undefined ? "" : "; script-src 'unsafe-inline'"}`;

export const page = (
  title: string,
  sections: readonly string[],
  { style = "", script }: PageParts = {},
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width">
${pageMark}
<title>${escapeHtml(title)}</title>
<style>
${commonStyle}${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections.join("\n")}
${script === undefined ? "" : `<script>\n${script}</script>\n`}</body>
</html>
`;

/** Colours are names, so that charts (chart.ts) follow the reader's light or dark, too. */
const commonStyle = `:root { color-scheme: light dark; --paper: light-dark(#fff, #161616); --ink: light-dark(#1a1a1a, #e8e8e8); --line: light-dark(#ccc, #555); --mark: light-dark(#9cc8ec, #1d5f93);
  --series-0: light-dark(#0072b2, #56b4e9); --series-1: light-dark(#d55e00, #f08a3c); --series-2: light-dark(#009e73, #2fc79b);
  --series-3: light-dark(#b4588f, #dd93bd); --series-4: light-dark(#b37700, #e6b540); --series-5: light-dark(#3f93c4, #9bd3f5); }
body { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
dl { display: grid; grid-template-columns: minmax(min-content, max-content) 1fr; gap: .2rem 1.5rem; } dt { font-weight: 600; overflow-wrap: normal; } dd { margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal; } caption { text-align: left; padding-bottom: .4rem; }
th, td { border: 1px solid var(--line); padding: .25rem .7rem; text-align: right; } tr > :first-child { text-align: left; }
.words { text-align: left; } td.words { min-width: 8rem; }
td[style] { background: color-mix(in oklab, var(--mark) var(--shade), transparent); }
details { margin-bottom: 1.2rem; } summary { cursor: pointer; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1rem; } figure { margin: 0; }
.scrolls { overflow-x: auto; margin-bottom: 1.2rem; } svg { display: block; max-width: 100%; height: auto; }
.scrolls tr > :first-child { position: sticky; left: 0; background: var(--paper); }
.narrow { display: none; } @media (max-width: 40rem) { .narrow { display: block; } .wide { display: none; } dl { display: block; } dd { margin-bottom: .5rem; } }
`;
