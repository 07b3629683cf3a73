/**
 * The curves of a run: the loss against the steps, falling, and the accuracy, rising, with the run before it in the background.
 *
 *   curve.add({ steps: 120, loss: 0.8, accuracy: 0.7 })
 */
import { openSurface, type Palette, palette, redrawn, type Surface } from "./canvas.ts";

export interface Sample {
  readonly steps: number;
  readonly loss: number;
  /** 0 to 1. */
  readonly accuracy: number;
}

export interface Curve {
  add(sample: Sample): void;
  /** The samples so far become the background of new ones. */
  restart(): void;
}

/** More points than pixels would say no more: then every other one goes. */
const MOST = 600;
const margin = { left: 40, right: 46, top: 22, bottom: 22 };

export function openCurve(canvas: HTMLCanvasElement): Curve {
  let now: Sample[] = [];
  let before: Sample[] = [];
  const draw = () => drawCurves(openSurface(canvas), palette(), now, before);
  redrawn(canvas, draw);
  return {
    add(sample) {
      now.push(sample);
      if (now.length > MOST) now = now.filter((_, i) => i % 2 === 0 || i === now.length - 1);
      canvas.setAttribute(
        "aria-label",
        `After ${sample.steps} steps: loss ${sample.loss.toFixed(3)}, accuracy ${(100 * sample.accuracy).toFixed(1)} %`,
      );
      draw();
    },
    restart() {
      if (now.length > 1) before = now;
      now = [];
      draw();
    },
  };
}

function drawCurves(surface: Surface, colors: Palette, now: readonly Sample[], before: readonly Sample[]): void {
  const all = [...now, ...before];
  const mostSteps = Math.max(1, ...all.map(({ steps }) => steps));
  const mostLoss = niceCeiling(Math.max(0.1, ...all.map(({ loss }) => loss).filter(Number.isFinite)));
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
  text(context, colors.warm, "left", "loss", margin.left - 30, 12);
  text(context, colors.accent, "right", "accuracy", width, 12);
  text(context, colors.soft, "left", "0", margin.left, height - 4);
  text(context, colors.soft, "right", `${mostSteps.toLocaleString("en")} steps`, margin.left + across, height - 4);

  const loss = ({ steps, loss }: Sample): Place => [x(steps), y(Math.min(loss / mostLoss, 1))];
  const accuracy = ({ steps, accuracy }: Sample): Place => [x(steps), y(accuracy)];
  context.lineJoin = "round";
  context.globalAlpha = 0.3;
  stroke(context, colors, before, loss, accuracy, 1.5);
  context.globalAlpha = 1;
  stroke(context, colors, now, loss, accuracy, 2);
}

type Place = readonly [x: number, y: number];

function stroke(
  context: CanvasRenderingContext2D,
  { warm, accent }: Palette,
  samples: readonly Sample[],
  loss: (sample: Sample) => Place,
  accuracy: (sample: Sample) => Place,
  width: number,
): void {
  context.lineWidth = width;
  context.strokeStyle = warm;
  line(context, samples.map(loss));
  context.strokeStyle = accent;
  line(context, samples.map(accuracy));
}

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

const trim = (value: number): string => String(Number(value.toPrecision(2)));

/** The next of 1, 2, 2.5, 5, 10 times a power of ten: 0.13 -> 0.2 */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 2.5, 5, 10].find((step) => step * power >= value * 0.999)!;
}
