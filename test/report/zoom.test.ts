/** The graph of an inspection page in two browsers: it opens whole, and wheel, fingers, mouse, buttons and keys zoom and move it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { adam, dense, meanSquaredError, model, relu } from "../../compiler/dsl/index.ts";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { drawGraph, mostNodes } from "../../compiler/tasks/inspect-page/picture.ts";
import { viewerParts, zoomable } from "../../compiler/tasks/inspect-page/viewer.ts";
import { page, section } from "../../compiler/tasks/report/page.ts";
import { chromium, firefox } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { type Browser, type View, withView } from "./look.ts";

const layers = (depth: number) =>
  model({
    inputs: { x: [2] },
    targets: { y: [2] },
    batch: 1,
    forward: ({ x }) => ({ y: Array.from({ length: depth }).reduce<typeof x>((h) => relu(dense(h, 2)), x) }),
    loss: ({ y }, t) => meanSquaredError(y, t.y),
    optimizer: adam({ rate: 0.1 }),
  });

async function stepGraph(depth: number) {
  const built = await compile(layers(depth), { mode: "train" });
  return built.functions.find(({ name }) => name === "step")!.graph;
}

async function pageOf(depth: number): Promise<string> {
  const svg = (await drawGraph(await stepGraph(depth)))!;
  const file = join(mkdtempSync(join(tmpdir(), "nabla-zoom-")), "graph.html");
  writeFileSync(file, page("graph", [section("Graph", zoomable(svg, "graph of step"))], viewerParts()));
  return file;
}

/** Of the frame and of everything drawn in it, in pixels of the screen. */
const seen = (view: View) =>
  view.evaluate<Record<"left" | "top" | "right" | "bottom" | "width", { frame: number; drawn: number }>>(`(() => {
    const frame = document.querySelector(".picture svg").getBoundingClientRect();
    const all = [...document.querySelectorAll(".node, .edge")].map((one) => one.getBoundingClientRect());
    const of = (side, pick) => ({ frame: frame[side], drawn: pick(...all.map((one) => one[side])) });
    const sides = { left: of("left", Math.min), top: of("top", Math.min), right: of("right", Math.max), bottom: of("bottom", Math.max) };
    return { ...sides, width: { frame: frame.width, drawn: sides.right.drawn - sides.left.drawn } };
  })()`);

/** Whether the whole is to be seen, as large as the frame allows. */
function expectFitted({ left, top, right, bottom, width }: Awaited<ReturnType<typeof seen>>): void {
  expect(left.drawn).toBeGreaterThanOrEqual(left.frame - 1);
  expect(top.drawn).toBeGreaterThanOrEqual(top.frame - 1);
  expect(right.drawn).toBeLessThanOrEqual(right.frame + 1);
  expect(bottom.drawn).toBeLessThanOrEqual(bottom.frame + 1);
  const height = (bottom.drawn - top.drawn) / (bottom.frame - top.frame);
  expect(Math.max(height, width.drawn / width.frame)).toBeGreaterThan(0.9);
}

const widthOf = async (view: View) => (await seen(view)).width.drawn;
const leftOf = async (view: View) => (await seen(view)).left.drawn;

const browsers: readonly [Browser, typeof chromium][] = [
  ["chrome", chromium],
  ["firefox", firefox],
];

describe.each(browsers)("in %s", (kind, host) => {
  test.skipIf(!isThere(host))("opens whole; wheel, buttons, keys and mouse", async () => {
    const file = await pageOf(3);
    await withView(kind, host.program, file, { width: 1100, height: 900 }, async (view) => {
      expectFitted(await seen(view));
      const whole = await widthOf(view);
      const middle = await view.evaluate<{ x: number; y: number }>(
        `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector(".picture").getBoundingClientRect())`,
      );
      await view.mouse.move(middle.x, middle.y);
      await view.mouse.wheel({ deltaY: -300 });
      await view.waitForFunction(`document.querySelector(".zoomed")`);
      const wheeled = await widthOf(view);
      expect(wheeled).toBeGreaterThan(1.5 * whole);
      const before = await leftOf(view);
      await view.mouse.down();
      await view.mouse.move(middle.x + 60, middle.y + 10);
      await view.mouse.up();
      expect((await leftOf(view)) - before).toBeCloseTo(60, 0);
      await view.click(`button[value="0"]`);
      expectFitted(await seen(view));
      await view.click(`button[value="+"]`);
      expect((await widthOf(view)) / whole).toBeCloseTo(1.5, 1);
      await view.click(`button[value="-"]`);
      expect((await widthOf(view)) / whole).toBeCloseTo(1, 2);
      await view.focus(".picture");
      await view.keyboard.press("+");
      expect((await widthOf(view)) / whole).toBeCloseTo(1.5, 1);
      const unmoved = await leftOf(view);
      await view.keyboard.press("ArrowLeft");
      expect(await leftOf(view)).toBeGreaterThan(unmoved + 20);
      await view.keyboard.press("0");
      expectFitted(await seen(view));
    });
  });
});

test.skipIf(!isThere(chromium))(
  "two fingers zoom, one moves; at 360 pixels nothing is wider than the page",
  async () => {
    const phone = { width: 360, height: 700, isMobile: true, hasTouch: true };
    await withView("chrome", chromium.program, await pageOf(3), phone, async (view) => {
      expectFitted(await seen(view));
      expect(await view.evaluate("document.documentElement.scrollWidth")).toBe(360);
      const whole = await widthOf(view);
      const { x, y } = await view.evaluate<{ x: number; y: number }>(
        `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector(".picture").getBoundingClientRect())`,
      );
      const session = await view.createCDPSession();
      const touch = (type: string, ...xs: number[]) =>
        session.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((at, id) => ({ x: at, y, id })) });
      await touch("touchStart", x - 20, x + 20);
      await touch("touchMove", x - 40, x + 40);
      await touch("touchMove", x - 60, x + 60);
      await touch("touchEnd");
      await view.waitForFunction(`document.querySelector(".zoomed")`);
      expect((await widthOf(view)) / whole).toBeGreaterThan(2);
      const before = await leftOf(view);
      await touch("touchStart", x);
      await touch("touchMove", x + 30);
      await touch("touchMove", x + 50);
      await touch("touchEnd");
      expect(await leftOf(view)).toBeGreaterThan(before + 25);
    });
  },
);

test("about 2,000 nodes are a picture; more than the most are not", async () => {
  const large = await stepGraph(34);
  expect(nodesOf(large).length).toBeGreaterThan(1900);
  const svg = (await drawGraph(large))!;
  // The numbers that the graph computes with stand in no box of their own.
  const shown = nodesOf(large).filter(({ op }) => op.name !== "const");
  expect(svg.match(/class="node (leaf|forward|adjoint|update)"/g)).toHaveLength(shown.length);
  const huge = await stepGraph(44);
  expect(nodesOf(huge).length).toBeGreaterThan(mostNodes);
  expect(await drawGraph(huge)).toBeUndefined();
});
