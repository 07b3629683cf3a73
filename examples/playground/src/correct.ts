/**
 * Learning one drawing without forgetting the rest: steps on batches of a few copies of it among known digits, until the
 * network says the right one and is rather sure.
 */
import { argmax, type Net } from "nabla/runtime";
import type { Correction, Rows, Taught } from "./protocol.ts";
import { uniform } from "./random.ts";
import { mixed } from "./rows.ts";
import { accuracyOf, shares } from "./scores.ts";

const MOST_STEPS = 300;
/** In each batch: more would push the others out. */
const COPIES = 2;
/** What the network must give the digit. */
const SURE = 0.6;

export function correct(net: Net, rows: Rows, test: Rows, correction: Correction): Taught {
  const { input, label } = correction;
  const accuracyBefore = accuracyOf(net, test);
  const random = uniform(label + 1);
  const isLearnt = () => {
    const logits = net.infer({ pixels: input }).logits!;
    return argmax(logits, 0, 10) === label && shares(logits)[label]! > SURE;
  };
  let steps = 0;
  for (; steps < MOST_STEPS && !isLearnt(); steps++) {
    const { pixels, digit } = mixed(rows, correction, { size: net.manifest.batch, copies: COPIES, random });
    net.step({ pixels }, { digit });
  }
  return { steps, isLearnt: isLearnt(), accuracyBefore, accuracy: accuracyOf(net, test) };
}
