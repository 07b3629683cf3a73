/**
 * Command lines that are printed to be pasted into a shell.
 *
 *   shellCommand(["nabla", "build", "my model.ts"])      nabla build 'my model.ts'
 *   fileWord("-x.ts")                                    ./-x.ts, which no command takes for an option
 */
import { inOneLine } from "../visible.ts";

export const shellCommand = (words: readonly string[]): string => words.map(quoted).join(" ");

export const fileWord = (path: string): string => (path.startsWith("-") ? `./${path}` : path);

function quoted(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (inOneLine(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  // What the terminal must not get stands as the escape that bash and zsh know.
  return `$'${inOneLine(word.replace(/[\\']/g, "\\$&"))}'`;
}
