/**
 * Which notes of a chord sound: labels that do not exclude each other; draws scores against the threshold and by note.
 *
 *   npm run example -- multi-label [rows] [epochs] [folder]       writes multi-label.svg, multi-label.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { evenly } from "../lib/random.mjs";
import { axis, line } from "../lib/series.mjs";
import { showTable, writeFacts } from "../lib/table.mjs";
import { listen, notes, scores, wholeChords } from "./experiment.mjs";

const rows = Number(process.argv[2] ?? 12000);
const epochs = Number(process.argv[3] ?? 12);
const folder = process.argv[4] ?? process.env.NABLA_OUT ?? "out/multi-label";
const heard = await listen({ rows, epochs });

const kinds = { precision: "precision", recall: "recall", f1: "F1" };
const names = [...notes, "all"];
const atHalf = names.map((_, note) => scores(heard, 0.5, note < notes.length ? note : undefined));
showTable(
  `${folder}/multi-label.md`,
  ["note", ...Object.values(kinds)],
  names.map((name, note) => [name, ...Object.keys(kinds).map((kind) => atHalf[note][kind].toFixed(3))]),
);
const { right, ofOneNote } = wholeChords(heard);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
writeFacts(folder, { right: percent(right), one: percent(ofOneNote) });
console.log(`${percent(right)} of the chords have every note right; only ${percent(ofOneNote)} are of one note`);

const thresholds = evenly(97, 0.02, 0.98);
const swept = [...thresholds].map((threshold) => scores(heard, threshold));
const best = swept.reduce((top, { f1 }, i) => (f1 > swept[top].f1 ? i : top), 0);
console.log(`F1 is largest, ${swept[best].f1.toFixed(3)}, at a threshold of ${thresholds[best].toFixed(2)}`);

const title = (text, left) => ({ text, left, textAlign: "center", top: 4, textStyle: { fontSize: 15 } });
const file = writeFigure(
  `${folder}/multi-label.svg`,
  {
    title: [title("All notes, against the threshold", "29%"), title("Each note, at 0.5", "78%")],
    legend: { top: 34, left: "center", icon: "roundRect", itemWidth: 14, itemHeight: 4, itemGap: 24 },
    grid: [
      { left: "7%", width: "43%", top: 70, bottom: 50 },
      { left: "60%", width: "38%", top: 70, bottom: 50 },
    ],
    xAxis: [
      axis("threshold of the probability", { gridIndex: 0, min: 0, max: 1 }),
      { type: "category", gridIndex: 1, data: names, name: "note", nameLocation: "middle", nameGap: 32 },
    ],
    yAxis: [axis("score", { gridIndex: 0, min: 0.3, max: 1 }), axis("score", { gridIndex: 1, min: 0, max: 1 })],
    series: Object.entries(kinds).flatMap(([kind, name]) => [
      line(
        name,
        swept.map((score) => score[kind]),
        { xs: thresholds },
      ),
      { type: "bar", name, xAxisIndex: 1, yAxisIndex: 1, data: atHalf.map((score) => Number(score[kind].toFixed(4))) },
    ]),
  },
  { width: 1000, height: 420 },
);
console.log(file);
