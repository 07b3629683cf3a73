/** A page in a real browser: what it asks for, what it complains about, and a screenshot to look at. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Seen {
  readonly complaints: readonly string[];
  readonly requests: number;
  readonly charts: number;
}

/** Opens the file, which must be whole in itself, and keeps a screenshot. */
export async function look(
  browser: "chrome" | "firefox",
  executablePath: string,
  file: string,
  screenshot: string,
): Promise<Seen> {
  const require = createRequire(join(import.meta.dirname, "../hosts/package.json"));
  const { default: puppeteer } = await import(require.resolve("puppeteer-core"));
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] : [];
  const running = await puppeteer.launch({ browser, executablePath, headless: true, args });
  try {
    const view = await running.newPage();
    await view.setViewport({ width: 1100, height: 900 });
    const complaints: string[] = [];
    let requests = 0;
    view.on("console", (message: { text(): string }) => complaints.push(message.text()));
    view.on("pageerror", (error: Error) => complaints.push(String(error)));
    view.on("request", () => requests++);
    await view.goto(`file://${file}`);
    const charts: number = await view.evaluate("document.querySelectorAll('svg').length");
    mkdirSync(dirname(screenshot), { recursive: true });
    await view.screenshot({ path: screenshot, fullPage: true });
    return { complaints, requests, charts };
  } finally {
    await running.close();
  }
}
