/**
 * Runs in the page: makes each .picture zoom and move, by wheel, fingers, mouse, buttons and keys. What is seen is the drawing's
 * viewBox, so that lines and letters stay sharp; at the start, and after "fit", that is the whole of it.
 */

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of the screen for one unit of the drawing, where letters are large. */
const largestScale = 4;
const buttonFactor = 1.5;
/** Of the frame's width or height, for an arrow key. */
const keyStep = 0.15;

for (const frame of document.querySelectorAll<HTMLElement>(".picture")) openFrame(frame);

function openFrame(frame: HTMLElement): void {
  const svg = frame.querySelector("svg")!;
  const { x: left, y: top, width, height } = svg.viewBox.baseVal;
  const whole = { x: left + width / 2, y: top + height / 2 };
  let center: Point = whole;
  /** How many times larger than where the whole fits. */
  let zoom = 1;

  const size = () => svg.getBoundingClientRect();
  const fitScale = () => Math.min(size().width / width, size().height / height);
  const scale = () => fitScale() * zoom;
  const clamp = (value: number, middle: number, extent: number) =>
    Math.min(middle + extent / 2, Math.max(middle - extent / 2, value));

  function show(): void {
    // Where the page is hidden or just made, it has no size yet; the observer tells of the next.
    if (size().width === 0 || size().height === 0) return;
    // The drawing's edge comes to the middle of the frame at most, so that it is never lost from sight.
    center = zoom === 1 ? whole : { x: clamp(center.x, whole.x, width), y: clamp(center.y, whole.y, height) };
    const view = { width: size().width / scale(), height: size().height / scale() };
    svg.setAttribute(
      "viewBox",
      [center.x - view.width / 2, center.y - view.height / 2, view.width, view.height].join(" "),
    );
    frame.classList.toggle("zoomed", zoom > 1);
  }

  /** The point of the drawing that is there on the screen stays there. */
  function zoomBy(factor: number, at?: Point): void {
    const { left: x, top: y, width: w, height: h } = size();
    const fromMiddle = at ? { x: at.x - x - w / 2, y: at.y - y - h / 2 } : { x: 0, y: 0 };
    const before = scale();
    zoom = Math.min(Math.max(1, largestScale / fitScale()), Math.max(1, zoom * factor));
    const moved = 1 / before - 1 / scale();
    center = { x: center.x + fromMiddle.x * moved, y: center.y + fromMiddle.y * moved };
    show();
  }

  /** By pixels of the screen: what lies there goes along. */
  function moveBy(x: number, y: number): void {
    center = { x: center.x - x / scale(), y: center.y - y / scale() };
    show();
  }

  function fit(): void {
    zoom = 1;
    show();
  }

  frame.addEventListener(
    "wheel",
    (event) => {
      // Out of the whole picture leads on to the page.
      if (event.deltaY > 0 && zoom === 1) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 * event.deltaY : event.deltaY;
      zoomBy(Math.exp(-pixels / (event.ctrlKey ? 100 : 400)), { x: event.clientX, y: event.clientY });
    },
    { passive: false },
  );
  followPointers(svg, moveBy, zoomBy);

  const acts: Record<string, () => void> = {
    "+": () => zoomBy(buttonFactor),
    "=": () => zoomBy(buttonFactor),
    "-": () => zoomBy(1 / buttonFactor),
    "0": fit,
    ArrowLeft: () => moveBy(keyStep * size().width, 0),
    ArrowRight: () => moveBy(-keyStep * size().width, 0),
    ArrowUp: () => moveBy(0, keyStep * size().height),
    ArrowDown: () => moveBy(0, -keyStep * size().height),
  };
  frame.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const button of frame.querySelectorAll("button")) {
    button.addEventListener("click", () => acts[button.value]?.());
  }
  frame.classList.add("live");
  new ResizeObserver(show).observe(svg);
}

/** One pointer moves, two zoom and move. */
function followPointers(
  svg: SVGSVGElement,
  moveBy: (x: number, y: number) => void,
  zoomBy: (factor: number, at: Point) => void,
): void {
  const pointers = new Map<number, Point>();
  const middle = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  });
  const spread = ([a, b]: readonly Point[]) => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0);

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = [...pointers.values()];
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = [...pointers.values()];
    const from = middle(before);
    const to = middle(after);
    moveBy(to.x - from.x, to.y - from.y);
    if (spread(before) > 0 && spread(after) > 0) zoomBy(spread(after) / spread(before), to);
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    svg.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
}
