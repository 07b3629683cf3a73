/** A visitor of the playground: a real browser, its mouse and its keyboard, through puppeteer-core. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, firefox, patient } from "../hosts/hosts/browsers.ts";
import { type Host, isThere } from "../hosts/hosts/host.ts";
import { root } from "./site.ts";

export type Kind = "chrome" | "firefox";

const hosts: Record<Kind, Host> = { chrome: chromium, firefox };

export const isInstalled = (kind: Kind): boolean => isThere(hosts[kind]);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is used of puppeteer-core, which this project's own dependencies do not have. */
interface Page {
  setDefaultTimeout(milliseconds: number): void;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate(source: string): Promise<unknown>;
  waitForFunction(source: string, options: object): Promise<unknown>;
  click(selector: string): Promise<void>;
  focus(selector: string): Promise<void>;
  select(selector: string, value: string): Promise<unknown>;
  $(selector: string): Promise<{ boundingBox(): Promise<Box | null>; click(): Promise<void> } | null>;
  setViewport(size: { width: number; height: number; isMobile?: boolean; hasTouch?: boolean }): Promise<void>;
  emulateMediaFeatures(features: readonly { name: string; value: string }[]): Promise<void>;
  screenshot(options: object): Promise<unknown>;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): void;
  readonly mouse: {
    move(x: number, y: number, options?: { steps: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  readonly touchscreen: {
    touchStart(x: number, y: number): Promise<void>;
    touchMove(x: number, y: number): Promise<void>;
    touchEnd(): Promise<void>;
  };
  readonly keyboard: { press(key: string): Promise<void> };
}

interface Puppeteer {
  launch(options: object): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>;
}

/** Places in the pad, both coordinates 0 to 1. */
export type Line = readonly (readonly [x: number, y: number])[];

export interface Visitor
  extends Pick<Page, "goto" | "reload" | "click" | "focus" | "emulateMediaFeatures" | "setViewport"> {
  readonly keyboard: Page["keyboard"];
  /** What the page complained of so far: uncaught errors and console errors. */
  readonly complaints: string[];
  ask<T>(source: string): Promise<T>;
  /** Until it holds, half a minute at most. */
  until(source: string): Promise<void>;
  text(name: string): Promise<string>;
  /** A choice of a menu in the task that is shown. */
  choose(menu: string, value: string): Promise<void>;
  /** On a cleared pad; `isHeld`: the button stays down, until `release`. */
  draw(lines: readonly Line[], options?: { readonly isHeld: boolean }): Promise<void>;
  release(): Promise<void>;
  /** One line, by a finger. */
  touch(line: Line): Promise<void>;
  /** Into out/screenshots, which is not committed. */
  picture(name: string): Promise<void>;
  leave(): Promise<void>;
}

export type Scheme = "light" | "dark";

export async function visitor(kind: Kind, scheme: Scheme = "light"): Promise<Visitor> {
  const require = createRequire(join(root, "test/hosts/package.json"));
  const { default: puppeteer }: { default: Puppeteer } = await import(
    pathToFileURL(require.resolve("puppeteer-core")).href
  );
  const args = kind === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] : [];
  // Firefox is told before it starts, Chromium in the page.
  const extraPrefsFirefox = { "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1 };
  const browser = await puppeteer.launch({
    browser: kind,
    executablePath: hosts[kind].program,
    headless: true,
    args,
    extraPrefsFirefox,
    ...patient,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  if (kind === "chrome") await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.setViewport({ width: 1280, height: 1000 });
  return {
    goto: (url) => page.goto(url),
    reload: () => page.reload(),
    click: (selector) => page.click(selector),
    focus: (selector) => page.focus(selector),
    setViewport: (size) => page.setViewport(size),
    emulateMediaFeatures: (features) => page.emulateMediaFeatures(features),
    keyboard: page.keyboard,
    complaints,
    ask: <T>(source: string) => page.evaluate(source) as Promise<T>,
    async until(source) {
      await page.waitForFunction(source, { timeout: 0 });
    },
    text: (name) => page.evaluate(`(${shown(name)}).textContent`) as Promise<string>,
    async choose(menu, value) {
      await page.select(`.task:not([hidden]) [data-part=${menu}]`, value);
    },
    async draw(lines, { isHeld } = { isHeld: false }) {
      await page.click("[data-part=clear]");
      const pad = (await (await page.$("[data-part=pad]"))!.boundingBox())!;
      const move = ([x, y]: readonly [number, number], steps: number) =>
        page.mouse.move(pad.x + x * pad.width, pad.y + y * pad.height, { steps });
      for (const [start, ...rest] of lines) {
        await move(start!, 1);
        await page.mouse.down();
        for (const place of rest) await move(place, 6);
        if (!isHeld) await page.mouse.up();
      }
    },
    release: () => page.mouse.up(),
    async touch([start, ...rest]) {
      await page.click("[data-part=clear]");
      const pad = (await (await page.$("[data-part=pad]"))!.boundingBox())!;
      const place = ([x, y]: readonly [number, number]) => [pad.x + x * pad.width, pad.y + y * pad.height] as const;
      await page.touchscreen.touchStart(...place(start!));
      for (const next of rest) await page.touchscreen.touchMove(...place(next));
      await page.touchscreen.touchEnd();
    },
    async picture(name) {
      mkdirSync(join(root, "out/screenshots"), { recursive: true });
      await page.screenshot({ path: join(root, `out/screenshots/playground-${name}.png`), fullPage: true });
    },
    leave: () => browser.close(),
  };
}

/** Source text: the element of that name in the task that is shown. */
export const shown = (name: string): string => `document.querySelector(".task:not([hidden]) [data-part=${name}]")`;
