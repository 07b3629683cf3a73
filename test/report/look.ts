/** A page in a real browser: what it asks for, what it complains about, and a screenshot to look at. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type Browser = "chrome" | "firefox";

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly isMobile?: boolean;
  readonly hasTouch?: boolean;
}

/** What the tests use of Puppeteer, which is installed apart and has no types here. */
export interface View {
  evaluate<T>(code: string): Promise<T>;
  waitForFunction(code: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  focus(selector: string): Promise<void>;
  emulateMediaFeatures(features: readonly { name: string; value: string }[]): Promise<void>;
  screenshot(options: { path?: string; fullPage?: boolean }): Promise<Uint8Array>;
  setViewport(size: Size): Promise<void>;
  readonly mouse: {
    move(x: number, y: number): Promise<void>;
    wheel(by: { deltaY: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  readonly keyboard: { press(key: string): Promise<void> };
  createCDPSession(): Promise<{ send(method: string, parameters: object): Promise<unknown> }>;
}

export interface Seen {
  readonly complaints: readonly string[];
  readonly requests: number;
}

/** Opens the file, which must be whole in itself, and works with what the browser shows. */
export async function withView(
  browser: Browser,
  executablePath: string,
  file: string,
  size: Size,
  work: (view: View) => Promise<void>,
): Promise<Seen> {
  const require = createRequire(join(import.meta.dirname, "../hosts/package.json"));
  const { default: puppeteer } = await import(require.resolve("puppeteer-core"));
  const args = browser === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] : [];
  // Neither the start of a browser nor an answer of it has a limit of its own: the test's is enough.
  const running = await puppeteer.launch({
    browser,
    executablePath,
    headless: true,
    args,
    timeout: 0,
    protocolTimeout: 0,
  });
  try {
    const view = await running.newPage();
    view.setDefaultTimeout(0);
    await view.setViewport(size);
    const complaints: string[] = [];
    let requests = 0;
    view.on("console", (message: { text(): string }) => complaints.push(message.text()));
    view.on("pageerror", (error: Error) => complaints.push(String(error)));
    view.on("request", () => requests++);
    await view.goto(`file://${file}`);
    await work(view);
    return { complaints, requests };
  } finally {
    await running.close();
  }
}

/** How many pictures a page has, and what else it did; keeps a screenshot. */
export async function look(browser: Browser, executablePath: string, file: string, screenshot: string) {
  let charts = 0;
  const seen = await withView(browser, executablePath, file, { width: 1100, height: 900 }, async (view) => {
    const all = "[...document.querySelectorAll('svg')]";
    charts = await view.evaluate(`${all}.filter((svg) => svg.getBoundingClientRect().width > 0).length`);
    mkdirSync(dirname(screenshot), { recursive: true });
    await view.screenshot({ path: screenshot, fullPage: true });
  });
  return { ...seen, charts };
}
