/**
 * Weights as images, blue below 0 and orange above: what each unit of the first layer looks for in a picture, or, where the
 * inputs are no picture, the matrices as they are.
 */
import { blend, imageOf, openSurface, palette, redrawn, rgb } from "./canvas.ts";
import type { Matrix } from "./protocol.ts";

export interface Weights {
  show(matrices: readonly Matrix[]): void;
}

interface Tile {
  readonly width: number;
  readonly height: number;
  readonly at: (index: number) => number;
  /** The weight that gets the full colour. */
  readonly most: number;
}

const GAP = 6;
/** CSS pixels of a cell of a matrix that is no picture, at most. */
const CELL = 18;

export function openWeights(canvas: HTMLCanvasElement): Weights {
  let tiles: readonly Tile[] = [];
  const draw = () => drawTiles(canvas, tiles);
  redrawn(canvas, draw);
  return {
    show(matrices) {
      tiles = matrices.flatMap(tilesOf);
      canvas.setAttribute(
        "aria-label",
        `Weights: ${matrices.map(({ name, dims }) => `${name}, ${dims.join(" x ")}`).join("; ")}`,
      );
      draw();
    },
  };
}

/** [784, 32] is 32 pictures of 28 x 28, [5, 5, 1, 8] are 8 of 5 x 5, anything else is one. */
export function tilesOf({ dims, values }: Matrix): Tile[] {
  const units = dims.at(-1)!;
  const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-6);
  const side = dims[0] === 784 ? 28 : dims.length === 4 ? dims[0]! : 0;
  if (side === 0) return [{ width: units, height: values.length / units, at: (i) => values[i]!, most }];
  return Array.from({ length: units }, (_, unit) => ({
    width: side,
    height: side,
    at: (i: number) => values[i * units + unit]!,
    most,
  }));
}

function drawTiles(canvas: HTMLCanvasElement, tiles: readonly Tile[]): void {
  const first = tiles[0];
  if (!first || canvas.clientWidth === 0) return;
  const isMatrix = tiles.some(({ width, height }) => width !== height) || tiles.length < 8;
  const places = isMatrix ? inARow(tiles, canvas.clientWidth) : inAGrid(tiles, canvas.clientWidth);
  canvas.style.height = `${Math.max(...places.map(({ y, height }) => y + height))}px`;
  const { context } = openSurface(canvas);
  const colors = palette();
  const [low, none, high] = [rgb(colors.accent), rgb(colors.card), rgb(colors.warm)];
  context.imageSmoothingEnabled = false;
  context.strokeStyle = colors.line;
  tiles.forEach(({ width, height, at, most }, i) => {
    const image = imageOf(width, height, (index) => {
      const share = at(index) / most;
      return blend(none, share < 0 ? low : high, Math.sqrt(Math.abs(share)));
    });
    const place = places[i]!;
    context.drawImage(image, place.x, place.y, place.width, place.height);
    context.strokeRect(place.x + 0.5, place.y + 0.5, place.width - 1, place.height - 1);
  });
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Equal squares, at least 36 pixels wide, in rows of equal length where that is possible. */
function inAGrid(tiles: readonly Tile[], room: number): Place[] {
  const most = Math.max(4, Math.floor((room + GAP) / (36 + GAP)));
  const even = [8, 10, 5, 4].find((columns) => columns <= most && tiles.length % columns === 0);
  const columns = even ?? Math.min(tiles.length, most);
  const side = Math.min(96, Math.floor((room + GAP) / columns) - GAP);
  return tiles.map((_, i) => ({
    x: (i % columns) * (side + GAP),
    y: Math.floor(i / columns) * (side + GAP),
    width: side,
    height: side,
  }));
}

/** Matrices beside each other, with cells of one size. */
function inARow(tiles: readonly Tile[], room: number): Place[] {
  const cells = tiles.reduce((sum, { width }) => sum + width, 0);
  const cell = Math.max(2, Math.min(CELL, Math.floor((room - 2 * GAP * tiles.length) / cells)));
  let x = -2 * GAP;
  let end = x;
  return tiles.map((tile) => {
    x = end + 2 * GAP;
    end = x + tile.width * cell;
    return { x, y: 0, width: tile.width * cell, height: tile.height * cell };
  });
}
