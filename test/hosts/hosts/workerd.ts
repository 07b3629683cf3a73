/**
 * Cloudflare's workerd: compiles no Wasm at run time, so the Worker imports each module, and answers a request with the digests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Case } from "../work.ts";
import { type Host, installed } from "./host.ts";

export const workerd: Host = {
  name: "workerd",
  program: installed("workerd"),
  async digests(folder) {
    const cases: Case[] = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
    const port = await freePort();
    writeFileSync(join(folder, "worker.js"), workerSource(cases));
    writeFileSync(join(folder, "config.capnp"), configSource(cases, port));
    const server = spawn(this.program, ["serve", join(folder, "config.capnp")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complained = "";
    server.stderr.on("data", (chunk) => {
      complained += chunk;
    });
    try {
      const response = await answer(`http://127.0.0.1:${port}/`, () => server.exitCode !== null);
      return await response.json();
    } catch (error) {
      throw new Error(`workerd: ${error}\n${complained}`);
    } finally {
      server.kill();
      if (server.exitCode === null) await once(server, "exit");
    }
  },
};

const workerSource = (cases: readonly Case[]) => `
import { digests } from "./work.js";
${cases.map(({ file }, i) => `import module${i} from "./${file}";`).join("\n")}

const cases = ${JSON.stringify(cases)};
const modules = { ${cases.map(({ file }, i) => `"${file}": module${i}`).join(", ")} };

export default {
  fetch: async () => Response.json(await digests(cases, (file) => modules[file])),
};
`;

const configSource = (cases: readonly Case[], port: number) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "work.js", esModule = embed "work.js"),
    ${cases.map(({ file }) => `(name = "${file}", wasm = embed "${file}")`).join(",\n    ")}
  ]
);
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Asks until the server listens, at most ten seconds. */
async function answer(url: string, isOver: () => boolean): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetch(url);
    } catch (error) {
      if (attempt === 100 || isOver()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
