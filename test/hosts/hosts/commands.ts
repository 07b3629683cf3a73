/** Hosts that are a command: they run command.js. */
import { join } from "node:path";
import { type Host, installed, output } from "./host.ts";

const command = (name: string, program: string, args: readonly string[] = []): Host => ({
  name,
  program,
  digests: async (folder) => JSON.parse(await output(program, [...args, join(folder, "command.js")])),
});

export const node = command(`Node ${process.versions.node}`, process.execPath);
export const currentNode = command("Node, current", installed("node"));
export const deno = command("Deno", installed("deno"), ["run", "--allow-read"]);
export const bun = command("Bun", installed("bun"), ["run"]);
