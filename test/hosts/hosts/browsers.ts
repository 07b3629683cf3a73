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
    const { digests, error } = await outcomeOf<{ digests?: Digests; error?: string }>(kind, program, folder);
    if (!digests) throw new Error(`${program}: ${error}`);
    return digests;
  },
});

/** What the folder's page.html leaves in globalThis.outcome by the time that it calls itself "done". */
export async function outcomeOf<T>(browser: "chrome" | "firefox", program: string, folder: string): Promise<T> {
  const server = await serve(folder);
  try {
    const { port } = server.address() as { port: number };
    return (await visit(browser, program, `http://127.0.0.1:${port}/page.html`)) as T;
  } finally {
    server.close();
  }
}

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
      setDefaultTimeout(milliseconds: number): void;
      waitForFunction(source: string, options: object): Promise<unknown>;
      evaluate(source: string): Promise<unknown>;
    }>;
    close(): Promise<void>;
  }>;
}

/** No limit of the browser's driver: the tests have one, and a busy machine is slow. */
export const patient = { timeout: 0, protocolTimeout: 0 };

async function visit(browser: "chrome" | "firefox", executablePath: string, url: string): Promise<unknown> {
  const require = createRequire(join(import.meta.dirname, "../package.json"));
  const { default: puppeteer }: { default: Puppeteer } = await import(require.resolve("puppeteer-core"));
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] : [];
  const running = await puppeteer.launch({ browser, executablePath, headless: true, args, ...patient });
  try {
    const page = await running.newPage();
    page.setDefaultTimeout(0);
    await page.goto(url);
    await page.waitForFunction("document.title === 'done'", { timeout: 0 });
    return await page.evaluate("globalThis.outcome");
  } finally {
    await running.close();
  }
}
