/** workerd as a child process that serves a folder's config.capnp, from when it answers until the work is done. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { installed } from "./host.ts";

export const workerdProgram = installed("workerd");

/** Runs `work` with the server's address; the config names a socket "http", and the port is any that is free. */
export async function whileServing<T>(folder: string, work: (address: string) => Promise<T>): Promise<T> {
  const args = ["serve", "--control-fd=3", "--socket-addr=http=127.0.0.1:0", "config.capnp"];
  const server = spawn(workerdProgram, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let complained = "";
  server.stderr!.on("data", (chunk) => {
    complained += chunk;
  });
  const ended = once(server, "exit");
  try {
    return await work(`http://127.0.0.1:${await portOf(server)}`);
  } catch (error) {
    throw new Error(`workerd: ${error}\n${complained}`);
  } finally {
    server.kill();
    await ended;
  }
}

/** The server tells where it listens, a line of JSON for each event. */
async function portOf(server: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: server.stdio[3] as Readable })) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return port;
  }
  throw new Error("it ended before it listened");
}
