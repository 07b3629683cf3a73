/**
 * The drawing pad: strokes from a mouse, a finger, a pen or the keyboard, in units of the pad's side.
 *
 *   const pad = openPad(canvas, () => predict(pad.strokes));
 */
import { openSurface, palette, redrawn } from "./canvas.ts";
import type { Point } from "./raster.ts";

export interface Pad {
  readonly strokes: readonly (readonly Point[])[];
  clear(): void;
}

/** Of the side: how far an arrow key moves the pen. */
const STRIDE = 1 / 24;
const THICKNESS = 0.065;

const arrows: Record<string, Point> = {
  ArrowLeft: { x: -STRIDE, y: 0 },
  ArrowRight: { x: STRIDE, y: 0 },
  ArrowUp: { x: 0, y: -STRIDE },
  ArrowDown: { x: 0, y: STRIDE },
};

export function openPad(canvas: HTMLCanvasElement, onChange: () => void): Pad {
  const strokes: Point[][] = [];
  /** Where the keyboard's pen is. */
  let pen: Point = { x: 0.5, y: 0.25 };
  let isDown = false;
  let isPenShown = false;

  function draw() {
    const { context, width } = openSurface(canvas);
    const { ink, accent } = palette();
    context.scale(width, width);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = THICKNESS;
    context.strokeStyle = ink;
    for (const [first, ...rest] of strokes) {
      context.beginPath();
      context.moveTo(first!.x, first!.y);
      for (const { x, y } of rest.length > 0 ? rest : [first!]) context.lineTo(x, y);
      context.stroke();
    }
    if (!isPenShown) return;
    context.lineWidth = 0.012;
    context.strokeStyle = context.fillStyle = accent;
    context.beginPath();
    context.arc(pen.x, pen.y, THICKNESS * 0.7, 0, 2 * Math.PI);
    if (isDown) context.fill();
    else context.stroke();
  }

  const changed = () => {
    draw();
    onChange();
  };
  const clear = () => {
    strokes.length = 0;
    isDown = false;
    changed();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    isPenShown = isDown = false;
    strokes.push([placeOf(canvas, event)]);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    // A fast hand passes several places between two frames.
    const places = event.getCoalescedEvents?.() ?? [];
    strokes.at(-1)!.push(...(places.length > 0 ? places : [event]).map((one) => placeOf(canvas, one)));
    changed();
  });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = arrows[event.key];
    isPenShown = true;
    if (event.key === "c" || event.key === "C") return clear();
    if (event.key === " ") {
      isDown = !isDown;
      if (isDown) strokes.push([pen]);
    } else if (by) {
      pen = { x: inside(pen.x + by.x), y: inside(pen.y + by.y) };
      if (isDown) strokes.at(-1)!.push(pen);
    } else return;
    event.preventDefault();
    changed();
  });
  for (const name of ["focus", "blur"])
    canvas.addEventListener(name, () => {
      isPenShown = name === "focus" && canvas.matches(":focus-visible");
      draw();
    });
  redrawn(canvas, draw);
  return { strokes, clear };
}

const inside = (place: number): number => Math.max(0.04, Math.min(0.96, place));

const placeOf = (canvas: HTMLCanvasElement, { clientX, clientY }: MouseEvent): Point => {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
};
