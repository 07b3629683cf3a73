/** Canvases as sharp as the screen, in the colours of the page. */

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** Of CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Cleared, in CSS pixels. */
export function openSurface(canvas: HTMLCanvasElement): Surface {
  const ratio = globalThis.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

export type Rgb = readonly [number, number, number];

const names = ["card", "ink", "soft", "line", "accent", "warm"] as const;

export type Palette = Readonly<Record<(typeof names)[number], string>>;

/** The page's colours as they are now: the scheme may change. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
}

let reader: CanvasRenderingContext2D | undefined;

/**
 * "#1d5fc0", "#fff", "white" -> red, green, blue. As the canvas reads it, which writes every opaque colour with six digits: the
 * build may have written a shorter one.
 */
export function rgb(color: string): Rgb {
  reader ??= document.createElement("canvas").getContext("2d")!;
  reader.fillStyle = color;
  const hex = String(reader.fillStyle);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as never;
}

/** From `a` where t is 0 to `b` where it is 1. */
export const blend = (a: Rgb, b: Rgb, t: number): Rgb => a.map((one, i) => one + (b[i]! - one) * t) as never;

/** An image of one pixel a value, to be drawn at any size. */
export function imageOf(
  width: number,
  height: number,
  colorAt: (index: number) => Rgb,
  alphaAt: (index: number) => number = () => 1,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colorAt(i), 255 * alphaAt(i)], 4 * i);
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}

/** Draws again when the canvas gets another size, or the page another colour scheme. */
export function redrawn(canvas: HTMLCanvasElement, draw: () => void): void {
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
