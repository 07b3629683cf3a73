/** `nabla init`: writes a small project, and says what to do with it. */

import { initProject } from "../../tasks/init-project.ts";
import { fileWord, shellCommand } from "../shell.ts";
import { note, print } from "../terminal.ts";

export function init(folder: string, version: string): void {
  const files = initProject(folder, version);
  for (const file of files) print(`written  ${folder}/${file}`);
  note(
    `\nno registry has nabla yet: package.json names ${files.find((file) => file.endsWith(".tgz"))}, this package packed`,
  );
  const enter = folder === "." ? "" : `${shellCommand(["cd", fileWord(folder)])} && `;
  note(`next: ${enter}npm install && npm run train && npm run build && npm start`);
}
