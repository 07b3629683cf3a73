/** Digits: drawing, reading while drawing, and learning from a correction. */
import { digitsUrl } from "virtual:assets";
import { named, openBars } from "./bars.ts";
import { imageOf, palette, redrawn, rgb } from "./canvas.ts";
import { fetchDigits } from "./digits-data.ts";
import { part } from "./dom.ts";
import { type Lab, openLab } from "./lab.ts";
import { openPad } from "./pad.ts";
import type { Taught } from "./protocol.ts";
import { rasterize, SIDE } from "./raster.ts";
import { shares } from "./scores.ts";

/** Sixteen epochs: the curve is flat by then, after a second or less. */
const STEPS = 2000;

export function openDigits(root: HTMLElement): Lab {
  const bars = openBars(part(root, "bars"), part(root, "verdict"));
  const seen = part<HTMLCanvasElement>(root, "seen");
  const correction = part<HTMLFieldSetElement>(root, "correction");
  const taught = part(root, "taught");
  const hint = taught.textContent!;
  const pad = openPad(part(root, "pad"), () => {
    // What was learnt was another drawing.
    taught.textContent = hint;
    read();
  });
  const lab = openLab(part(root, "lab"), "digits", {
    matrices: 1,
    weightsNote: "What each unit of the first layer looks for: blue below 0, orange above.",
    steps: STEPS,
    pace: "full",
    onReport({ running }) {
      // What one correction did to the accuracy says nothing of a network that goes on learning.
      if (running && !wasRunning) sayRemembered();
      wasRunning = running;
      read();
    },
    onOpen: sayRemembered,
  });
  let wasRunning = false;
  let corrections = 0;

  function sayRemembered() {
    taught.textContent = corrections === 0 ? hint : remembered(corrections);
  }

  let isAsking = false;
  let isStale = false;

  /** One question at a time: a drawing changes faster than a busy worker answers. */
  async function read() {
    showSeen(seen, pixelsNow());
    correction.disabled = pad.strokes.length === 0;
    isStale = true;
    if (isAsking) return;
    isAsking = true;
    while (isStale) {
      isStale = false;
      const answer =
        pad.strokes.length > 0 ? await lab.learner.infer({ pixels: pixelsNow() }).catch(() => undefined) : undefined;
      bars.show(answer && pad.strokes.length > 0 ? shares(answer.logits!) : undefined);
    }
    isAsking = false;
  }

  const pixelsNow = () => rasterize(pad.strokes);

  async function teach(label: number) {
    taught.textContent = `Learning that this is ${named(label)} ...`;
    corrections++;
    const said = taught.textContent;
    const answer = lab.teach({ input: pixelsNow(), label });
    const words = await answer.then(inWords, ({ message }: Error) => message);
    // Unless there is something newer to say.
    if (taught.textContent === said) taught.textContent = words;
    read();
  }

  part(root, "labels").append(
    ...Array.from({ length: 10 }, (_, digit) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = String(digit);
      button.setAttribute("aria-label", `It is ${named(digit)}`);
      button.addEventListener("click", () => teach(digit));
      return button;
    }),
  );
  part(root, "clear").addEventListener("click", pad.clear);
  redrawn(seen, () => showSeen(seen, pixelsNow()));
  bars.show(undefined);

  if (digitsUrl) fetchDigits(digitsUrl).then(lab.learn, showMissing);
  else showMissing();
  return lab;

  function showMissing(error?: Error) {
    const missing = part(root, "missing");
    if (error) missing.textContent = `The digits did not arrive: ${error.message}`;
    missing.hidden = false;
    for (const idle of [part(root, "lab"), correction]) idle.hidden = true;
  }
}

const remembered = (corrections: number): string =>
  `${corrections === 1 ? "Your corrected drawing stays" : `Your ${corrections} corrected drawings stay`} among the digits to learn.`;

function inWords({ steps, isLearnt, accuracyBefore, accuracy }: Taught): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return isLearnt
    ? `Learnt in ${steps} ${steps === 1 ? "step" : "steps"}. Accuracy ${percent(accuracyBefore)} before, ${percent(accuracy)} after.`
    : `Not learnt in ${steps} steps: try another rate, or train first.`;
}

function showSeen(canvas: HTMLCanvasElement, pixels: Float32Array): void {
  const ink = rgb(palette().ink);
  const image = imageOf(
    SIDE,
    SIDE,
    () => ink,
    (i) => pixels[i]!,
  );
  [canvas.width, canvas.height] = [SIDE, SIDE];
  canvas.getContext("2d")!.drawImage(image, 0, 0);
}
