/** Two dimensions: points of two kinds, and the boundary that the network draws between them. */
import { openBoundary } from "./boundary.ts";
import { fillMenu, part } from "./dom.ts";
import { type Lab, openLab } from "./lab.ts";
import { planeLesson, type Shape, shapes } from "./plane-data.ts";

const STEPS = 4000;

export interface PlaneTask {
  readonly lab: Lab;
  /** The first visit begins the training. */
  visit(): void;
}

export function openPlane(root: HTMLElement): PlaneTask {
  const boundary = openBoundary(part(root, "boundary"));
  const menu = part<HTMLSelectElement>(root, "shape");
  const lab = openLab(part(root, "lab"), "plane", {
    matrices: Number.POSITIVE_INFINITY,
    weightsNote: "Each layer's matrix, a row for each of its inputs: blue below 0, orange above.",
    steps: STEPS,
    pace: "1000",
    onReport: ({ watched }) => watched && boundary.show(watched.score!),
  });
  fillMenu(menu, Object.entries(shapes));
  let seed = 1;
  let isVisited = false;

  const learn = () => {
    const lesson = planeLesson(menu.value as Shape, seed);
    boundary.setPoints(lesson);
    lab.learn(lesson);
  };
  menu.addEventListener("change", learn);
  part(root, "again").addEventListener("click", () => {
    seed++;
    learn();
  });
  return {
    lab,
    visit() {
      if (!isVisited) learn();
      isVisited = true;
    },
  };
}
