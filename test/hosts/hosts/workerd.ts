/**
 * Cloudflare's workerd: compiles no Wasm at run time, so the Worker imports each module, and answers a request with the digests.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../work.ts";
import type { Host } from "./host.ts";
import { whileServing, workerdProgram } from "./server.ts";

export const workerd: Host = {
  name: "workerd",
  program: workerdProgram,
  async digests(folder) {
    const cases: Case[] = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
    writeFileSync(join(folder, "worker.js"), workerSource(cases));
    writeFileSync(join(folder, "config.capnp"), configSource(cases));
    return whileServing(folder, async (address) => (await fetch(`${address}/digests`)).json());
  },
};

const workerSource = (cases: readonly Case[]) => `
import { digests } from "./work.js";
${cases.map(({ file }, i) => `import module${i} from "./${file}";`).join("\n")}

const cases = ${JSON.stringify(cases)};
const modules = { ${cases.map(({ file }, i) => `"${file}": module${i}`).join(", ")} };

export default {
  fetch: async ({ url }) =>
    url.endsWith("/digests") ? Response.json(await digests(cases, (file) => modules[file])) : new Response("ready"),
};
`;

const configSource = (cases: readonly Case[]) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ]
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
