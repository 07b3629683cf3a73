/** The playground's static files: built once by Vite, served as any server of files would. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
export const root = join(import.meta.dirname, "../..");

interface Vite {
  build(config: object): Promise<unknown>;
}

/** Into `folder`; `digits` names another folder of MNIST's files than the project's own. */
export async function buildPlayground(folder: string, digits?: string): Promise<void> {
  // The Vite of "npm run playground", and no other: what minifies the page decides what its script reads.
  const vite = "vite";
  const { build }: Vite = await import(vite);
  const own = process.env.NABLA_DIGITS;
  if (digits !== undefined) process.env.NABLA_DIGITS = digits;
  try {
    const configFile = join(root, "examples/playground/vite.config.ts");
    await build({ configFile, logLevel: "error", build: { outDir: folder } });
  } finally {
    if (own === undefined) delete process.env.NABLA_DIGITS;
    else process.env.NABLA_DIGITS = own;
  }
}

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export interface Site {
  readonly url: string;
  close(): void;
}

/** Files whose path holds `without` are missing. */
export async function serveFolder(folder: string, without?: string): Promise<Site> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url!, "http://localhost").pathname;
    const file = path === "/" ? "/index.html" : path;
    try {
      if (without && file.includes(without)) throw new Error("left out");
      const body = readFileSync(join(folder, file));
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
