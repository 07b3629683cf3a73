/** The playground as its visitors meet it: built by Vite, driven in Chromium and Firefox by mouse and keyboard. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMissing } from "../support/missing.ts";
import { contrasts } from "./contrast.ts";
import { meant, shareBetween } from "./pixels.ts";
import { buildPlayground, root, type Site, serveFolder } from "./site.ts";
import { isInstalled, type Kind, type Line, shown, type Visitor, visitor } from "./visitor.ts";

const mnist = process.env.NABLA_DIGITS ?? join(root, "../shared/data/mnist10k");
const missing = isMissing("MNIST's test files", existsSync(mnist));

const one: Line[] = [
  [
    [0.5, 0.15],
    [0.5, 0.85],
  ],
];
const seven: Line[] = [
  [
    [0.25, 0.2],
    [0.75, 0.2],
    [0.45, 0.85],
  ],
];

const eight: Line[] = [
  Array.from({ length: 17 }, (_, i) => {
    const turn = (i / 16) * 2 * Math.PI;
    return [0.5 + 0.17 * Math.sin(2 * turn), 0.5 - 0.32 * Math.cos(turn)] as const;
  }),
];

const number = (text: string): number => Number(text.replaceAll(",", "").replace("%", ""));

describe.skipIf(missing)("playground", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-playground-"));
  beforeAll(() => buildPlayground(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("all files but the digits are less than 100 KB, gzipped one by one", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
    const sizes = files.map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length] as const);
    const shipped = sizes.filter(([name]) => !name.includes("digits"));
    const sum = shipped.reduce((total, [, size]) => total + size, 0);
    console.log(shipped.map(([name, size]) => `${size} ${name}`).join("\n"), `\n${sum} in all`);
    expect(shipped.some(([name]) => name.includes("networks"))).toBe(true);
    expect(sum).toBeLessThan(100_000);
  });

  for (const kind of ["chrome", "firefox"] as Kind[])
    describe.skipIf(!isInstalled(kind))(kind, () => {
      let site: Site;
      let page: Visitor;
      beforeAll(async () => {
        site = await serveFolder(folder);
        page = await visitor(kind);
        await page.goto(site.url);
        await page.until(`${shown("steps")}.textContent === "2,000" && ${shown("train")}.textContent === "Train"`);
      });
      afterAll(async () => {
        await page?.leave();
        site?.close();
      });

      const steps = async () => number(await page.text("steps"));
      const says = (digit: number) => page.until(`/ an? ${digit}$/.test(${shown("verdict")}.textContent)`);

      test("it has learnt by itself, and reads what the mouse draws while it draws", async () => {
        expect(number(await page.text("accuracy"))).toBeGreaterThan(85);
        await page.draw(seven);
        await says(7);
        await page.draw(one);
        await says(1);
        await page.draw(seven, { isHeld: true });
        await says(7);
        await page.release();
        await page.draw(one);
        await says(1);
        const widths = '[...document.querySelectorAll(".bar > div")].map((bar) => parseFloat(bar.style.width))';
        const shares = await page.ask<number[]>(widths);
        expect(shares.indexOf(Math.max(...shares))).toBe(1);
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 1);
        await page.draw(eight);
        await page.until(`${shown("verdict")}.textContent === "It is an 8"`);
        expect(
          await page.ask(`document.querySelectorAll('[aria-label="It is an 8"], [aria-label="It is a 7"]').length`),
        ).toBe(2);
        await page.picture(`${kind}-digits`);
      });

      test("a finger draws as the mouse does", async () => {
        await page.touch(seven[0]!);
        await says(7);
      });

      test("training goes on: steps are counted, the curve is drawn, and the loss has fallen", async () => {
        const before = await steps();
        await page.click("#digits [data-part=train]");
        await page.until(`Number(${shown("steps")}.textContent.replace(",", "")) > ${before + 100}`);
        expect(await page.text("train")).toBe("Pause");
        await page.click("#digits [data-part=train]");
        await page.until(`${shown("train")}.textContent === "Train"`);
        expect(number(await page.text("speed"))).toBeGreaterThan(0);
        const words = await page.ask<string>(`${shown("curve")}.getAttribute("aria-label")`);
        const [, from, to] = /loss from (\S+) to (\S+),/.exec(words)!;
        expect(Number(to)).toBeLessThan(Number(from) / 3);
        const weights = await page.ask<string>(`${shown("weights")}.getAttribute("aria-label")`);
        expect(weights).toMatch(/784 x 32/);
        expect(await page.ask<number>(colors(shown("weights")))).toBeGreaterThan(100);
      });

      test("each menu makes another network, which learns; the rate goes with the optimiser", async () => {
        for (const [menu, value] of [
          ["network", "none"],
          ["network", "convolution"],
          ["activation", "tanh"],
          ["optimizer", "momentum"],
        ] as const) {
          const accuracy = await page.text("accuracy");
          await page.choose(menu, value);
          await page.until(
            `${shown("steps")}.textContent !== "0" && ${shown("accuracy")}.textContent !== ${JSON.stringify(accuracy)}`,
          );
        }
        expect(await page.ask(`${shown("rate")}.value`)).toBe("0.03");
        await page.until(`parseFloat(${shown("accuracy")}.textContent) > 80`);
        expect(await page.ask<string>(`${shown("weights")}.getAttribute("aria-label")`)).toMatch(/5 x 5 x 1 x 8/);
      });

      test("the rate counts: too high a one learns nothing, a lower one does", async () => {
        await page.choose("network", "one");
        await page.choose("activation", "relu");
        await page.choose("optimizer", "sgd");
        await page.choose("rate", "3");
        await page.click("#digits [data-part=restart]");
        await page.until(
          `parseFloat(${shown("accuracy")}.textContent) < 60 && ${shown("train")}.textContent === "Train"`,
        );
        await page.choose("rate", "0.1");
        await page.click("#digits [data-part=restart]");
        await page.until(
          `parseFloat(${shown("accuracy")}.textContent) > 85 && ${shown("train")}.textContent === "Train"`,
        );
      });

      test("a correction is learnt: a seven that is said to be a two becomes one, and the rest stays known", async () => {
        await page.draw(seven);
        await says(7);
        await page.click('[aria-label="It is a 2"]');
        await page.until(`/^Learnt in \\d+ step/.test(${shown("taught")}.textContent)`);
        await says(2);
        const [, before, after] = /Accuracy (\S+) % before, (\S+) %/.exec(await page.text("taught"))!;
        expect(Number(after)).toBeGreaterThan(Number(before) - 6);
        await page.picture(`${kind}-corrected`);
      });

      test("what was learnt is not said of another drawing or network, which learns the correction, too", async () => {
        const taught = () => page.text("taught");
        await page.click("#digits [data-part=train]");
        await page.until(`/^Your corrected drawing stays/.test(${shown("taught")}.textContent)`);
        await page.click("#digits [data-part=train]");
        await page.until(`${shown("train")}.textContent === "Train"`);
        await page.draw(one);
        await says(1);
        expect(await taught()).toMatch(/^It takes a few steps/);
        await page.choose("network", "none");
        expect(await taught()).toBe("Your corrected drawing stays among the digits to learn.");
        await page.choose("network", "one");
        await page.until(`${shown("steps")}.textContent === "0"`);
        await page.until(`${shown("steps")}.textContent === "2,000" && ${shown("train")}.textContent === "Train"`);
        await page.draw(seven);
        await says(2);
      });

      test("the keyboard alone draws a one and reaches every control", async () => {
        await page.focus("[data-part=pad]");
        await page.keyboard.press("c");
        await page.keyboard.press(" ");
        for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowDown");
        await page.keyboard.press(" ");
        await says(1);
        const reached = new Map<string, string>();
        await page.ask("document.activeElement.blur()");
        for (let i = 0; i < 24; i++) {
          await page.keyboard.press("Tab");
          reached.set(...(await page.ask<[string, string]>(FOCUS)));
        }
        for (const name of [
          "Digits",
          "pad",
          "clear",
          "It is a 0",
          "It is a 9",
          "network",
          "rate",
          "pace",
          "train",
          "restart",
        ])
          expect([name, reached.get(name)]).toEqual([name, "3px"]);
        // One stop for all tabs.
        expect(reached.has("Two dimensions")).toBe(false);
      });

      test("arrows switch the tab; a boundary forms between points, other points bring another", async () => {
        await page.focus("#tab-digits");
        await page.keyboard.press("ArrowRight");
        await page.until(`!document.querySelector("#plane").hidden`);
        await page.choose("pace", "full");
        await page.choose("shape", "circles");
        await page.until(
          `parseFloat(${shown("accuracy")}.textContent) > 95 && ${shown("train")}.textContent === "Train"`,
        );
        // The middle and a corner are on different sides: blue and orange.
        const [middle, corner] = await page.ask<number[][]>(`[[0.5, 0.5], [0.03, 0.03]].map(([x, y]) => {
          const canvas = ${shown("boundary")};
          return [...canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data];
        })`);
        expect(middle![0]! > middle![2]!).not.toBe(corner![0]! > corner![2]!);
        await page.picture(`${kind}-plane`);
      });

      test("without a network the page opens again and learns again", async () => {
        await page.until("navigator.serviceWorker.ready.then(() => true)");
        await page.until("navigator.serviceWorker.controller !== null");
        site.close();
        await page.reload();
        await page.until(`parseFloat(${shown("accuracy")}.textContent) > 85`);
      });

      test("nothing was complained of, the content security policy included", () => {
        expect(page.complaints).toEqual([]);
      });
    });

  for (const kind of ["chrome", "firefox"] as Kind[])
    for (const scheme of ["light", "dark"] as const)
      test.skipIf(!isInstalled(kind))(
        `${kind}, ${scheme}: the pixels have the colours of the style sheet`,
        async () => {
          const site = await serveFolder(folder);
          const page = await visitor(kind, scheme);
          try {
            await page.goto(site.url);
            await page.until(`${shown("steps")}.textContent === "2,000"`);
            await page.draw(eight);
            await page.until(`/ an? \\d$/.test(${shown("verdict")}.textContent)`);
            const { card, ink, accent, warm } = meant(scheme);
            const share = (
              part: string,
              ...colors: Parameters<typeof shareBetween> extends [string, ...infer C] ? C : never
            ) => page.ask<number>(shareBetween(shown(part), ...colors));
            expect(await share("weights", card, [accent, warm])).toBeGreaterThan(0.8);
            expect(await share("seen", ink, [ink])).toBeGreaterThan(0.99);
            expect(await share("pad", ink, [ink])).toBeGreaterThan(0.99);
            await page.click("#tab-plane");
            await page.choose("pace", "full");
            await page.until(`${shown("steps")}.textContent === "4,000"`);
            expect(await share("boundary", card, [accent, warm])).toBeGreaterThan(0.75);
            expect(await share("boundary", card, [accent])).toBeGreaterThan(0.2);
            expect(await share("boundary", card, [warm])).toBeGreaterThan(0.2);
            expect(await share("weights", card, [accent, warm])).toBeGreaterThan(0.8);
            await page.picture(`${kind}-${scheme}-plane`);
          } finally {
            await page.leave();
            site.close();
          }
        },
      );

  describe.skipIf(!isInstalled("chrome"))("looks", () => {
    test("without its digits the page says so, and the other tab works", async () => {
      const site = await serveFolder(folder, "digits");
      const page = await visitor("chrome");
      try {
        await page.goto(site.url);
        await page.until(`!${shown("missing")}.hidden`);
        expect(await page.text("missing")).toMatch(/did not arrive: .*digits.*expected a file, got status 404/);
        await page.picture("digits-missing");
        await page.click("#tab-plane");
        await page.until(`parseFloat(${shown("accuracy")}.textContent) > 90`);
      } finally {
        await page.leave();
        site.close();
      }
    });

    test("a phone is told of a finger, not of keys", async () => {
      const site = await serveFolder(folder);
      const page = await visitor("chrome");
      try {
        await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
        await page.goto(site.url);
        expect(await page.ask(`document.querySelector("#pad-keys").checkVisibility()`)).toBe(false);
        expect(await page.text("verdict")).toBe("Draw with a finger.");
        await page.setViewport({ width: 390, height: 844 });
        await page.reload();
        expect(await page.ask(`document.querySelector("#pad-keys").checkVisibility()`)).toBe(true);
      } finally {
        await page.leave();
        site.close();
      }
    });

    test("text reaches 4.5 : 1 in both schemes, and nothing is wider than a phone", async () => {
      const site = await serveFolder(folder);
      const page = await visitor("chrome");
      try {
        await page.goto(site.url);
        await page.until(`${shown("steps")}.textContent === "2,000"`);
        await page.draw(seven);
        await page.click("#tab-plane");
        await page.choose("pace", "full");
        await page.until(`${shown("steps")}.textContent === "4,000"`);
        for (const scheme of ["light", "dark"]) {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
          for (const [width, name] of [
            [1280, "wide"],
            [390, "phone"],
          ] as const) {
            await page.setViewport({ width, height: 900 });
            for (const task of ["plane", "digits"]) {
              await page.click(`#tab-${task}`);
              expect(await page.ask<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
              const measured = await page.ask<[string, number][]>(contrasts);
              expect(measured.length).toBeGreaterThan(20);
              expect(measured.filter(([, ratio]) => ratio < 4.5)).toEqual([]);
              await page.picture(`${task}-${scheme}-${name}`);
            }
          }
        }
      } finally {
        await page.leave();
        site.close();
      }
    });
  });
});

/** Source text: how many different colours a canvas shows. */
const colors = (canvas: string): string => `(() => {
  const { width, height } = ${canvas};
  return new Set(new Uint32Array(${canvas}.getContext("2d").getImageData(0, 0, width, height).data.buffer)).size;
})()`;

/** Source text: what has the focus, and how wide the ring around it is. */
const FOCUS = `(({ dataset, ariaLabel, textContent }) => [
  dataset.part ?? ariaLabel ?? textContent,
  getComputedStyle(document.activeElement).outlineWidth,
])(document.activeElement)`;
