/** Notes of a chord: sigmoid cross-entropy finds several labels at once, and the threshold trades precision for recall. */
import { expect, test } from "vitest";
import { notes, scores, wholeChords } from "../../examples/multi-label/experiment.mjs";
import { runShort } from "./fresh.ts";

test("chords: every note is found far better than chance, more whole chords than have one note; the threshold trades", async () => {
  const heard = await runShort("multi-label");
  // Saying that every note sounds always has a precision of 0.4 and an F1 of 0.57.
  for (let note = 0; note < notes.length; note++) expect(scores(heard, 0.5, note).f1).toBeGreaterThan(0.75);
  const { right, ofOneNote } = wholeChords(heard);
  expect(right).toBeGreaterThan(ofOneNote + 0.1);

  const [low, middle, high] = [0.1, 0.5, 0.9].map((threshold) => scores(heard, threshold));
  expect(low!.recall).toBeGreaterThan(middle!.recall);
  expect(middle!.recall).toBeGreaterThan(high!.recall);
  expect(high!.precision).toBeGreaterThan(middle!.precision);
  expect(middle!.precision).toBeGreaterThan(low!.precision);
});

test("the scores of a few answers", () => {
  const truth = [1, 0, 1, 0, 0, 1, 1, 0, 0, 0];
  const answers = { truth, probabilities: [0.9, 0.6, 0.2, 0.1, 0.1, 0.5, 0.7, 0.3, 0.4, 0.2] };
  expect(scores(answers, 0.5)).toEqual({ precision: 0.75, recall: 0.75, f1: 0.75 });
  expect(scores(answers, 0.5, 0)).toEqual({ precision: 1, recall: 1, f1: 1 });
  expect(scores(answers, 0.95).precision).toBe(1);
  expect(wholeChords(answers)).toEqual({ right: 0.5, ofOneNote: 0 });
});
