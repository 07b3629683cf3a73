/**
 * The colours of what the built page has drawn, against those that its style sheet means.
 *
 *   page.ask(shareBetween(canvas, colors.card, [colors.accent, colors.warm]))   ->   0.93 of the pixels, blue or orange
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./site.ts";
import type { Scheme } from "./visitor.ts";

type Rgb = readonly number[];

/** As the sheet has them, which a build may write in another way. */
export function meant(scheme: Scheme): Record<"card" | "ink" | "accent" | "warm", Rgb> {
  const sheet = readFileSync(join(root, "examples/playground/src/page.css"), "utf8");
  const [light, dark] = sheet.split("prefers-color-scheme: dark");
  const color = (name: string): Rgb => {
    const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(scheme === "dark" ? dark! : light!)!;
    return [0, 2, 4].map((at) => Number.parseInt(hex!.slice(at, at + 2), 16));
  };
  return { card: color("card"), ink: color("ink"), accent: color("accent"), warm: color("warm") };
}

/** Source text: the share of a canvas's opaque pixels that lie between one colour and one of others, these included. */
export const shareBetween = (canvas: string, from: Rgb, to: readonly Rgb[]): string => `(() => {
  const [from, to] = ${JSON.stringify([from, to])};
  const { width, height } = ${canvas};
  const { data } = ${canvas}.getContext("2d").getImageData(0, 0, width, height);
  const isBetween = (at, end) => {
    const axis = [0, 1, 2].reduce((a, b) => (Math.abs(end[b] - from[b]) > Math.abs(end[a] - from[a]) ? b : a));
    const t = from[axis] === end[axis] ? 0 : (data[at + axis] - from[axis]) / (end[axis] - from[axis]);
    return t > -0.02 && t < 1.02 && end.every((c, i) => Math.abs(from[i] + t * (c - from[i]) - data[at + i]) < 5);
  };
  let [all, right] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 255) continue;
    all++;
    if (to.some((end) => isBetween(at, end))) right++;
  }
  return all > 20 ? right / all : 0;
})()`;
