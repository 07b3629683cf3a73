/**
 * Names and texts of others as they may be shown: what would steer a terminal, or the order of what stands beside it, is
 * written out. Controls (ESC and those of C1 among them), direction marks, zero width, separators of lines.
 *
 *   visible("a\u001b[2Jb")      a\u001b[2Jb, in as many letters; line feeds and tabs stay
 *   inOneLine("a\nb")           a\nb, in one line
 */

const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** In units of UTF-16, so that JSON stays JSON and reads back as the same. */
const escaped = (character: string): string =>
  short[character] ?? Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i))}`).join("");

const hex = (unit: number): string => unit.toString(16).padStart(4, "0");

export const visible = (text: string): string =>
  text.replace(steering, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));

export const inOneLine = (text: string): string => text.replace(steering, escaped);

/** Each in the place of as many characters, so that columns hold; line ends and tabs stay. */
export const inPlace = (text: string): string =>
  text.replace(steering, (character) => (/[\n\r\t]/.test(character) ? character : "\ufffd".repeat(character.length)));
