/**
 * Points of two kinds in the square from -1 to 1, and the grid on which the boundary between them is drawn.
 *
 *   planeLesson("circles", 1)   ->   300 points to learn, 100 to judge by, GRID x GRID watched
 */
import type { Lesson, Rows } from "./protocol.ts";
import { normal, uniform } from "./random.ts";

export const shapes = {
  spirals: "two spirals",
  circles: "a disc in a ring",
  corners: "opposite corners (xor)",
  blobs: "two clouds",
};

export type Shape = keyof typeof shapes;

/** Points along one side of the picture. */
export const GRID = 80;
/** Half the side of the square that the picture shows. */
export const REACH = 1.1;

const COUNT = 400;
const TEST = 100;

/** A point of that side, 0 or 1. */
type Draw = (side: number, random: () => number) => readonly [x: number, y: number];

const noise = (random: () => number, size: number) => size * normal(random);

const draws: Record<Shape, Draw> = {
  spirals(side, random) {
    const turn = 0.1 + 0.88 * Math.sqrt(random());
    const angle = turn * 3 * Math.PI + side * Math.PI;
    return [turn * Math.cos(angle) + noise(random, 0.02), turn * Math.sin(angle) + noise(random, 0.02)];
  },
  circles(side, random) {
    const radius = side ? 0.5 * Math.sqrt(random()) : 0.7 + 0.28 * random();
    const angle = 2 * Math.PI * random();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  corners(side, random) {
    const [x, y] = [0.06 + 0.9 * random(), 0.06 + 0.9 * random()];
    const flip = random() < 0.5 ? 1 : -1;
    return [flip * x, (side ? flip : -flip) * y];
  },
  blobs(side, random) {
    const centre = side ? 0.4 : -0.4;
    return [centre + noise(random, 0.2), centre + noise(random, 0.2)];
  },
};

export function planeLesson(shape: Shape, seed: number): Lesson {
  const random = uniform(seed);
  const point = new Float32Array(2 * COUNT);
  const side = Float32Array.from({ length: COUNT }, (_, i) => i % 2);
  side.forEach((kind, i) => {
    point.set(draws[shape](kind, random), 2 * i);
  });
  const part = (from: number, to: number): Rows => ({
    inputs: { point: point.subarray(2 * from, 2 * to) },
    targets: { side: side.subarray(from, to) },
    count: to - from,
  });
  return { train: part(0, COUNT - TEST), test: part(COUNT - TEST, COUNT), watched: { point: grid() } };
}

/** Row after row from the top left, at the middle of each cell. */
function grid(): Float32Array {
  const at = (cell: number) => ((2 * cell + 1) / GRID - 1) * REACH;
  return Float32Array.from({ length: 2 * GRID * GRID }, (_, i) =>
    i % 2 === 0 ? at((i >> 1) % GRID) : -at(Math.floor((i >> 1) / GRID)),
  );
}
