/**
 * Chromium and Firefox, driven by puppeteer-core. The page is served under a content security policy that allows scripts of
 * its own origin and the compilation of Wasm, nothing else: an eval in the loader would fail here.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import type { Digests } from "../work.ts";
import { type Host, modules } from "./host.ts";

const browser = (name: string, kind: "chrome" | "firefox", program: string): Host => ({
  name,
  program,
  driver: join(modules, "puppeteer-core"),
  digests: async (folder) => {
    const server = await serve(folder);
    try {
      return await visit(kind, program, `http://127.0.0.1:${(server.address() as { port: number }).port}/page.html`);
    } finally {
      server.close();
    }
  },
});

export const chromium = browser("Chromium", "chrome", "/usr/bin/chromium");
export const firefox = browser("Firefox", "firefox", "/usr/bin/firefox-esr");

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    try {
      const body = readFileSync(join(folder, new URL(request.url!, "http://localhost").pathname));
      response
        .writeHead(200, { "content-type": TYPES[extname(request.url!)]!, "content-security-policy": POLICY })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** What is used of puppeteer-core, which this project's own dependencies do not have. */
interface Puppeteer {
  launch(options: object): Promise<{
    newPage(): Promise<{
      goto(url: string): Promise<unknown>;
      waitForFunction(source: string, options: object): Promise<unknown>;
      evaluate(source: string): Promise<unknown>;
    }>;
    close(): Promise<void>;
  }>;
}

async function visit(browser: "chrome" | "firefox", executablePath: string, url: string): Promise<Digests> {
  const require = createRequire(join(import.meta.dirname, "../package.json"));
  const { default: puppeteer }: { default: Puppeteer } = await import(require.resolve("puppeteer-core"));
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] : [];
  const running = await puppeteer.launch({ browser, executablePath, headless: true, args });
  try {
    const page = await running.newPage();
    await page.goto(url);
    await page.waitForFunction("document.title === 'done'", { timeout: 60_000 });
    const outcome = (await page.evaluate("globalThis.outcome")) as { digests?: Digests; error?: string };
    if (!outcome.digests) throw new Error(`${executablePath}: ${outcome.error}`);
    return outcome.digests;
  } finally {
    await running.close();
  }
}
