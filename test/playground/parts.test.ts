/** The playground's parts that need no browser: pictures of strokes, packed modules, points, samples, a session. */
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { missingDigits, readDigits } from "../../examples/playground/build/digits.ts";
import { pack } from "../../examples/playground/build/pack.ts";
import { variantName, variants } from "../../examples/playground/models/choices.ts";
import { modelOf } from "../../examples/playground/models/model.ts";
import { niceCeiling } from "../../examples/playground/src/curve.ts";
import { planeLesson, type Shape, shapes } from "../../examples/playground/src/plane-data.ts";
import type { Lesson, Report } from "../../examples/playground/src/protocol.ts";
import { type Point, rasterize, SIDE } from "../../examples/playground/src/raster.ts";
import { openSamples } from "../../examples/playground/src/samples.ts";
import { openSession } from "../../examples/playground/src/session.ts";
import { cut, unfold } from "../../examples/playground/src/unpack.ts";

const elbow: Point[] = [
  { x: 0.2, y: 0.2 },
  { x: 0.2, y: 0.8 },
  { x: 0.6, y: 0.8 },
];

test("rasterize: the longer side takes 20 pixels, and the centre of mass is the centre", () => {
  const pixels = rasterize([elbow]);
  const inked = [...pixels.keys()].filter((at) => pixels[at]! > 0.5);
  const rows = inked.map((at) => Math.floor(at / SIDE));
  expect(Math.max(...rows) - Math.min(...rows) + 1).toBeGreaterThanOrEqual(19);
  expect(Math.max(...rows) - Math.min(...rows) + 1).toBeLessThanOrEqual(21);
  const sum = pixels.reduce((a, b) => a + b);
  const centre = (of: (at: number) => number) =>
    pixels.reduce((total, ink, at) => total + ink * (of(at) + 0.5), 0) / sum;
  expect(centre((at) => at % SIDE)).toBeCloseTo(SIDE / 2, 1);
  expect(centre((at) => Math.floor(at / SIDE))).toBeCloseTo(SIDE / 2, 1);
});

test("rasterize: where on the pad, how large and how often sampled makes no difference", () => {
  const moved = elbow.map(({ x, y }) => ({ x: 7 + 3 * x, y: 3 * y - 2 }));
  const middle = { x: 0.2, y: 0.5 };
  for (const other of [moved, [elbow[0]!, middle, ...elbow.slice(1)]])
    rasterize([other]).forEach((ink, at) => {
      expect(ink).toBeCloseTo(rasterize([elbow])[at]!, 4);
    });
});

test("rasterize: a dot is a dot in the middle, and nothing is nothing", () => {
  const dot = rasterize([[{ x: 3, y: 9 }]]);
  expect(dot[14 * SIDE + 14]).toBeGreaterThan(0.8);
  expect(dot.filter((ink) => ink > 0).length).toBeLessThan(20);
  expect(rasterize([]).every((ink) => ink === 0)).toBe(true);
});

test("unfold takes back what pack folded, and a second copy costs next to nothing", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const modules = fc.array(
    fc.oneof(
      bytes,
      bytes.map((part) => Uint8Array.from([...part, ...part, 1, ...part])),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(modules, (all) => {
      const lengths = all.map(({ length }) => length);
      const sum = lengths.reduce((a, b) => a + b);
      const parts = cut(unfold(gunzipSync(pack(all)), sum), lengths);
      expect(parts.map((part) => [...part])).toEqual(all.map((part) => [...part]));
    }),
  );
  // Further back than gzip looks.
  const noise = Uint8Array.from({ length: 50_000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255);
  expect(pack([noise, noise]).length - pack([noise]).length).toBeLessThan(200);
});

test("a folder without digits gives none, and a message that names files and variable", async () => {
  expect(await readDigits("/nowhere")).toBeUndefined();
  expect(missingDigits("/nowhere")).toMatch(/no digits in \/nowhere: expected t10k-images[\s\S]*NABLA_DIGITS/);
});

test("every choice of the menus is one network with a name of its own", () => {
  expect(new Set(variants.map(variantName)).size).toBe(variants.length);
  expect(variants.length).toBe(48);
  const none = variants.find(({ network }) => network === "none")!;
  expect(variantName({ ...none, activation: "tanh" })).toBe(variantName(none));
});

test("points: both kinds equally often, in the picture, the same for a seed", () => {
  for (const shape of Object.keys(shapes) as Shape[]) {
    const { train } = planeLesson(shape, 3);
    expect(train.targets.side!.filter((side) => side === 1).length).toBe(train.count / 2);
    expect(train.inputs.point!.filter((at) => Math.abs(at) > 1.2).length).toBe(0);
    expect(planeLesson(shape, 3).train).toEqual(train);
    expect(planeLesson(shape, 4).train).not.toEqual(train);
  }
});

test("samples: each of the first steps, then means of ever more, none lost", () => {
  let measured = 0;
  const samples = openSamples(() => ++measured);
  for (let step = 1; step <= 10_000; step++) samples.add(step, step);
  const { losses, accuracies } = samples.take();
  expect(losses.slice(0, 3)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(losses.length).toBeLessThan(900);
  expect(accuracies.length).toBeLessThan(80);
  const [before, last] = losses.slice(-2);
  expect(last![1]).toBe((before![0] + 1 + last![0]) / 2);
  expect(samples.take()).toEqual({ losses: [], accuracies: [] });
});

test("niceCeiling", () => {
  expect([0.13, 0.2, 2.31, 2.6, 7, 40].map(niceCeiling)).toEqual([0.2, 0.2, 2.5, 5, 10, 50]);
});

async function session(lesson: Lesson, rate: number) {
  const choice = { task: "plane", network: "one", activation: "tanh", optimizer: "sgd" } as const;
  const { wasm } = await compile(modelOf(choice), { mode: "train", name: "plane" });
  const reports: Report[] = [];
  const module = wasm as Uint8Array<ArrayBuffer>;
  const open = await openSession({ module, lesson, seed: 1, rate, matrices: 1 }, (report) => reports.push(report));
  open.seen();
  const ended = () => expect.poll(() => reports.length > 1 && !reports.at(-1)!.running).toBe(true);
  return { open, reports, ended };
}

test("a session takes as many steps as asked, tells of all of them, and learns", async () => {
  const { open, reports, ended } = await session(planeLesson("blobs", 1), 0.3);
  open.run(500, Number.POSITIVE_INFINITY);
  await ended();
  const last = reports.at(-1)!;
  expect(last.steps).toBe(500);
  expect(last.accuracy).toBeGreaterThan(0.9);
  expect(last.matrices.map(({ dims }) => dims)).toEqual([[2, 8]]);
  expect(last.watched!.score!.length).toBe(80 * 80);
  const counts = reports.flatMap(({ losses }) => losses.map(([steps]) => steps));
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts.at(-1)).toBeGreaterThan(490);
});

test("a session at a pace keeps it, and pauses", async () => {
  const { open, reports } = await session(planeLesson("blobs", 1), 0.3);
  const start = performance.now();
  open.run(1e9, 50);
  const stepsSeen = () => {
    open.seen();
    return reports.at(-1)!.steps;
  };
  await expect.poll(stepsSeen).toBeGreaterThan(5);
  open.pause();
  const { steps, running } = reports.at(-1)!;
  expect(running).toBe(false);
  // The pace is an upper limit, whatever else the machine does.
  expect(steps).toBeLessThanOrEqual(1 + (50 * (performance.now() - start)) / 1000);
  await new Promise((done) => setTimeout(done, 100));
  open.pause();
  expect(reports.at(-1)!.steps).toBe(steps);
});

test("a session takes another rate between two steps", async () => {
  const { open, reports, ended } = await session(planeLesson("blobs", 1), 0.3);
  open.setRate(0);
  open.run(50, Number.POSITIVE_INFINITY);
  await ended();
  expect(reports.at(-1)!.matrices).toEqual(reports[0]!.matrices);
  open.setRate(0.1);
  open.run(50, Number.POSITIVE_INFINITY);
  await expect.poll(() => reports.at(-1)!.steps).toBe(100);
  expect(reports.at(-1)!.matrices).not.toEqual(reports[0]!.matrices);
});

test("a session sends no second report before the first was seen", async () => {
  const { open, reports } = await session(planeLesson("blobs", 1), 0.3);
  // Long enough for more, were they sent.
  const wait = () => new Promise((done) => setTimeout(done, 400));
  open.run(1e9, 50);
  for (const count of [2, 3]) {
    await expect.poll(() => reports.length).toBe(count);
    await wait();
    expect(reports.length).toBe(count);
    open.seen();
  }
  open.close();
});

test("a session says why it had to stop", async () => {
  const { open, reports, ended } = await session(planeLesson("spirals", 1), 1e38);
  open.run(1000, Number.POSITIVE_INFINITY);
  await ended();
  expect(reports.at(-1)!.failure).toMatch(/the loss is (NaN|Infinity) at step .*a lower learning rate/);
});
