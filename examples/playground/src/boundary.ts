/** The plane coloured by what the network says of each place, with the points on top. */
import { blend, imageOf, openSurface, palette, redrawn, rgb } from "./canvas.ts";
import { GRID, REACH } from "./plane-data.ts";
import type { Lesson, Rows } from "./protocol.ts";

export interface Boundary {
  setPoints(lesson: Lesson): void;
  /** Scores of the grid, positive for the second kind. */
  show(scores: ArrayLike<number>): void;
}

/** The strongest colour of the field: the points must stand out from it. */
const FIELD = 0.55;

export function openBoundary(canvas: HTMLCanvasElement): Boundary {
  let lesson: Lesson | undefined;
  let scores: ArrayLike<number> = [];

  function draw() {
    const { context, width } = openSurface(canvas);
    if (width === 0) return;
    const colors = palette();
    const kinds = [rgb(colors.accent), rgb(colors.warm)] as const;
    if (scores.length > 0) {
      const field = imageOf(GRID, GRID, (i) => {
        const share = 1 / (1 + Math.exp(-scores[i]!));
        return blend(rgb(colors.card), kinds[share > 0.5 ? 1 : 0], FIELD * Math.abs(2 * share - 1));
      });
      context.drawImage(field, 0, 0, width, width);
    }
    const place = (value: number) => ((value / REACH + 1) / 2) * width;
    const dots = ({ inputs, targets, count }: Rows, isHeldOut: boolean) => {
      for (let i = 0; i < count; i++) {
        context.beginPath();
        context.arc(place(inputs.point![2 * i]!), place(-inputs.point![2 * i + 1]!), width / 110, 0, 2 * Math.PI);
        context.fillStyle = isHeldOut ? colors.card : targets.side![i] ? colors.warm : colors.accent;
        context.strokeStyle = isHeldOut ? (targets.side![i] ? colors.warm : colors.accent) : colors.card;
        context.lineWidth = isHeldOut ? 2 : 1;
        context.fill();
        context.stroke();
      }
    };
    if (lesson) {
      dots(lesson.train, false);
      dots(lesson.test, true);
    }
  }

  redrawn(canvas, draw);
  return {
    setPoints(next) {
      lesson = next;
      scores = [];
      draw();
    },
    show(next) {
      scores = next;
      draw();
    },
  };
}
