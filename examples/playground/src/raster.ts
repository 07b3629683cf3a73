/**
 * A drawing as MNIST has it: scaled so that its longer side takes 20 of 28 pixels, its strokes equally thick whatever their
 * size on the pad, and moved so that its centre of mass is the centre of the image.
 *
 *   rasterize([[{ x: 0, y: 0 }, { x: 0, y: 9 }]])   ->   784 greys, 0 to 1: an upright line in the middle
 *
 * LeCun et al. 1998 describe that form.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Stroke = readonly Point[];

export const SIDE = 28;
const BOX = 20;
/** Half a stroke's width, in pixels of the image. */
const RADIUS = 1.1;

/** Of any unit; without a point, all 0. */
export function rasterize(strokes: readonly Stroke[]): Float32Array {
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(SIDE * SIDE);
  const [left, right] = range(points.map(({ x }) => x));
  const [top, bottom] = range(points.map(({ y }) => y));
  // A dot has no size to scale.
  const longer = Math.max(right - left, bottom - top);
  const scale = longer > 0 ? (BOX - 2 * RADIUS) / longer : 0;
  const placed = (dx: number, dy: number) =>
    strokes.map((stroke) =>
      stroke.map(({ x, y }) => ({
        x: SIDE / 2 + (x - (left + right) / 2) * scale + dx,
        y: SIDE / 2 + (y - (top + bottom) / 2) * scale + dy,
      })),
    );
  const centre = centreOfMass(inked(placed(0, 0)));
  return inked(placed(SIDE / 2 - centre.x, SIDE / 2 - centre.y));
}

const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;

/** Each pixel is as dark as the nearest stroke covers it, with an edge one pixel wide. */
function inked(strokes: readonly Stroke[]): Float32Array {
  const pixels = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes)
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(i - 1, 0)]!;
      for (const at of around(from, to)) {
        const centre = { x: (at % SIDE) + 0.5, y: Math.floor(at / SIDE) + 0.5 };
        const cover = RADIUS + 0.5 - distance(centre, from, to);
        pixels[at] = Math.max(pixels[at]!, Math.min(cover, 1));
      }
    });
  return pixels;
}

/** The pixels that a segment may touch. */
function* around(from: Point, to: Point): Iterable<number> {
  const clip = (value: number) => Math.max(0, Math.min(SIDE - 1, Math.floor(value)));
  const reach = RADIUS + 1;
  const last = clip(Math.max(from.x, to.x) + reach);
  for (let y = clip(Math.min(from.y, to.y) - reach); y <= clip(Math.max(from.y, to.y) + reach); y++)
    for (let x = clip(Math.min(from.x, to.x) - reach); x <= last; x++) yield y * SIDE + x;
}

/** From a point to a segment. */
function distance(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square > 0 ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / square : 0;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy);
}

function centreOfMass(pixels: Float32Array): Point {
  let [sum, x, y] = [0, 0, 0];
  pixels.forEach((ink, at) => {
    sum += ink;
    x += ink * ((at % SIDE) + 0.5);
    y += ink * (Math.floor(at / SIDE) + 0.5);
  });
  return { x: x / sum, y: y / sum };
}
