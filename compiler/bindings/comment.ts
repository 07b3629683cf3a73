import { inOneLine } from "../visible.ts";

/** Text inside a block comment of C or TypeScript: in one line, and neither ending the comment nor beginning another. */
export const inComment = (text: string): string =>
  inOneLine(text.replace(/\s+/g, " ")).replace(/\*(?=\/)|\/(?=\*)/g, "$&\\");
