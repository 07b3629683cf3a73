/** Tables in Markdown, and numbers short enough for them. */

/** Empty text for no rows. */
export function table(head, rows) {
  if (rows.length === 0) return "";
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Three digits, without an exponent: 0.0751, 8.4, 1160. */
export const number = (value) => String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
