/** workerd as a child process that serves a folder's config.capnp, from when it answers until the work is done. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { installed } from "./host.ts";

export const workerdProgram = installed("workerd");

/** Runs `work` with the server's address; `port` must be the one that the config names. */
export async function whileServing<T>(folder: string, port: number, work: (address: string) => Promise<T>): Promise<T> {
  const server = spawn(workerdProgram, ["serve", "config.capnp"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let complained = "";
  server.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  const address = `http://127.0.0.1:${port}`;
  try {
    await untilAnswered(address, () => server.exitCode !== null);
    return await work(address);
  } catch (error) {
    throw new Error(`workerd: ${error}\n${complained}`);
  } finally {
    server.kill();
    if (server.exitCode === null) await once(server, "exit");
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Asks, at most for ten seconds. */
async function untilAnswered(address: string, isOver: () => boolean): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await (await fetch(`${address}/ready`)).arrayBuffer();
      return;
    } catch (error) {
      if (attempt === 100 || isOver()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
