/**
 * The part that both tasks share: menus for the network, training and what is seen of it.
 *
 *   const lab = openLab(root, "digits", { matrices: 1, onReport });
 *   lab.learn(lesson);
 *   (await lab.learner.infer({ pixels })).logits
 */
import { activations, type Choice, hasActivation, networks, optimizers, rates, type Task } from "../models/choices.ts";
import { openCurve } from "./curve.ts";
import { fillMenu, part } from "./dom.ts";
import { showFigures } from "./figures.ts";
import { type Learner, startLearner } from "./learner.ts";
import { moduleOf } from "./networks.ts";
import type { Correction, Lesson, Report, Taught } from "./protocol.ts";
import { appended } from "./rows.ts";
import { openWeights } from "./weights.ts";

export interface Lab {
  readonly learner: Learner;
  /** Learnt now, and among the rows of every network to come. */
  teach(correction: Correction): Promise<Taught>;
  /** A fresh network of the chosen kind begins with the lesson. */
  learn(lesson: Lesson): void;
  pause(): void;
}

interface LabOptions {
  /** How many weight matrices are shown. */
  readonly matrices: number;
  readonly weightsNote: string;
  /** Steps that a network takes by itself once it is chosen. */
  readonly steps: number;
  /** How fast, by default. */
  readonly pace: (typeof paces)[number][0];
  readonly onReport: (report: Report) => void;
  /** A fresh network takes the place of the one before. */
  readonly onOpen?: () => void;
}

const paces = [
  ["full", "full speed"],
  ["1000", "1,000 steps/s"],
  ["100", "100 steps/s"],
  ["10", "10 steps/s"],
] as const;
const rateMenu = ["0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"];
const UNTIL_PAUSED = 1e9;

export function openLab(root: HTMLElement, task: Task, options: LabOptions): Lab {
  root.append(document.querySelector<HTMLTemplateElement>("#lab")!.content.cloneNode(true));
  const menu = (name: string) => part<HTMLSelectElement>(root, name);
  const [network, activation, optimizer] = [menu("network"), menu("activation"), menu("optimizer")];
  const [rate, pace] = [menu("rate"), menu("pace")];
  const train = part<HTMLButtonElement>(root, "train");
  const curve = openCurve(part(root, "curve"));
  const weights = openWeights(part(root, "weights"));
  part(root, "weights-note").textContent = options.weightsNote;
  fillMenu(network, Object.entries(networks[task]));
  fillMenu(activation, Object.entries(activations));
  fillMenu(optimizer, Object.entries(optimizers));
  fillMenu(
    rate,
    rateMenu.map((value) => [value, value]),
  );
  fillMenu(pace, paces);
  pace.value = options.pace;

  let lesson: Lesson | undefined;
  let isRunning = false;
  let steps = 0;
  /** The last start: one before it, still waiting for its module, has nothing left to do. */
  let latest: object | undefined;
  const learner = startLearner((report) => {
    isRunning = report.running;
    train.textContent = isRunning ? "Pause" : "Train";
    showFigures(root, report);
    // A new network's first report: until it comes, the old one's still arrive.
    if (report.steps < steps) curve.restart();
    steps = report.steps;
    curve.add(report);
    train.disabled = false;
    weights.show(report.matrices);
    options.onReport(report);
  });

  const choice = (): Choice => ({
    task,
    network: network.value,
    activation: activation.value as Choice["activation"],
    optimizer: optimizer.value as Choice["optimizer"],
  });
  const paceNow = () => (pace.value === "full" ? Number.POSITIVE_INFINITY : Number(pace.value));
  const suitRate = () => {
    rate.value = String(rates[task][choice().optimizer]);
  };

  async function open() {
    if (!lesson) return;
    activation.disabled = !hasActivation(choice());
    const mine = {};
    latest = mine;
    options.onOpen?.();
    const module = await moduleOf(choice());
    if (latest !== mine) return;
    await learner.open({ module, lesson, seed: 1, rate: Number(rate.value), matrices: options.matrices });
    if (latest === mine) await learner.run(options.steps, paceNow());
  }
  const restart = () =>
    open().catch(({ message }: Error) => {
      part(root, "failure").textContent = message;
    });

  suitRate();
  network.addEventListener("change", restart);
  activation.addEventListener("change", restart);
  optimizer.addEventListener("change", () => {
    suitRate();
    restart();
  });
  // Before the first report there is no network, and the one to come takes what the menus say.
  rate.addEventListener("change", () => train.disabled || learner.setRate(Number(rate.value)));
  pace.addEventListener("change", () => train.disabled || learner.setPace(paceNow()));
  part(root, "restart").addEventListener("click", restart);
  train.addEventListener("click", () => (isRunning ? learner.pause() : learner.run(UNTIL_PAUSED, paceNow())));

  const pause = () => {
    if (isRunning) learner.pause();
  };
  // Nobody watches.
  document.addEventListener("visibilitychange", () => document.hidden && pause());

  return {
    learner,
    pause,
    teach(correction) {
      if (lesson) lesson = { ...lesson, train: appended(lesson.train, correction) };
      return learner.teach(correction);
    },
    learn(next) {
      lesson = next;
      restart();
    },
  };
}
