/**
 * The curves of a run: the loss against the steps, falling, and the accuracy, rising, with the run before it in the background.
 *
 *   curve.add({ losses: [[120, 0.8]], accuracies: [[90, 0.7]], accuracy: 0.72, steps: 120 })
 */
import { openSurface, type Palette, palette, redrawn, type Surface } from "./canvas.ts";
import type { Report, Sample } from "./protocol.ts";

export interface Curve {
  add(report: Pick<Report, "losses" | "accuracies" | "accuracy" | "steps">): void;
  /** The samples so far become the background of new ones. */
  restart(): void;
}

interface Run {
  steps: number;
  readonly losses: Sample[];
  readonly accuracies: Sample[];
}

const margin = { left: 40, right: 46, top: 24, bottom: 22 };

export function openCurve(canvas: HTMLCanvasElement): Curve {
  let now: Run = { steps: 1, losses: [], accuracies: [] };
  let before: Run = now;
  const draw = () => drawCurves(openSurface(canvas), palette(), now, before);
  redrawn(canvas, draw);
  return {
    add({ losses, accuracies, accuracy, steps }) {
      now.steps = Math.max(1, steps);
      now.losses.push(...losses);
      now.accuracies.push(...accuracies, [steps, accuracy]);
      canvas.setAttribute("aria-label", inWords(steps, now));
      draw();
    },
    restart() {
      if (now.losses.length > 1) before = now;
      now = { steps: 1, losses: [], accuracies: [] };
      draw();
    },
  };
}

function inWords(steps: number, { losses, accuracies }: Run): string {
  const accuracy = `accuracy ${(100 * (accuracies.at(-1)?.[1] ?? 0)).toFixed(1)} %`;
  const [first, last] = [losses[0], losses.at(-1)];
  const loss = first && last ? `loss from ${first[1].toFixed(3)} to ${last[1].toFixed(3)}, ` : "";
  return `After ${steps} steps: ${loss}${accuracy}`;
}

function drawCurves(surface: Surface, colors: Palette, now: Run, before: Run): void {
  const mostSteps = Math.max(now.steps, before.steps);
  // Not of the run before, which may have gone wrong.
  const mostLoss = niceCeiling(Math.max(0.1, ...now.losses.map(([, loss]) => loss)));
  const { context, width, height } = surface;
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const x = (steps: number) => margin.left + (across * steps) / mostSteps;
  const y = (share: number) => margin.top + down * (1 - share);

  context.font = "12px system-ui, sans-serif";
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    context.strokeStyle = colors.line;
    line(context, [
      [margin.left, y(share)],
      [margin.left + across, y(share)],
    ]);
    text(context, colors.warm, "right", trim(mostLoss * share), margin.left - 6, y(share) + 4);
    text(context, colors.accent, "left", `${100 * share} %`, margin.left + across + 6, y(share) + 4);
  }
  text(context, colors.warm, "left", "loss", margin.left, 12);
  text(context, colors.accent, "right", "accuracy", margin.left + across, 12);
  text(context, colors.soft, "left", "0", margin.left, height - 4);
  text(context, colors.soft, "right", `${mostSteps.toLocaleString("en")} steps`, margin.left + across, height - 4);

  const curves = (run: Run, alpha: number, lineWidth: number) => {
    Object.assign(context, { lineJoin: "round", globalAlpha: alpha, lineWidth, strokeStyle: colors.warm });
    line(
      context,
      run.losses.map(([steps, loss]) => [x(steps), y(Math.min(loss / mostLoss, 1))]),
    );
    context.strokeStyle = colors.accent;
    line(
      context,
      run.accuracies.map(([steps, accuracy]) => [x(steps), y(accuracy)]),
    );
    context.globalAlpha = 1;
  };
  curves(before, 0.35, 1);
  curves(now, 1, 1.75);
}

type Place = readonly [x: number, y: number];

function line(context: CanvasRenderingContext2D, places: readonly Place[]): void {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.stroke();
}

function text(
  context: CanvasRenderingContext2D,
  color: string,
  align: CanvasTextAlign,
  words: string,
  x: number,
  y: number,
): void {
  context.fillStyle = color;
  context.textAlign = align;
  context.fillText(words, x, y);
}

const trim = (value: number): string => String(Number(value.toPrecision(3)));

/** The next of 1, 2, 2.5, 5, 10 times a power of ten: 0.13 -> 0.2 */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 2.5, 5, 10].find((step) => step * power >= value * 0.999)!;
}
