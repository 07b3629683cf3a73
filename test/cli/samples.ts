/** A small model and its data: three kinds of points that a line cannot miss. */

/** `change` replaces text in the model. */
export const pointsModel = (change: Readonly<Record<string, string>> = {}): string =>
  Object.entries(change).reduce(
    (text, [from, to]) => text.replace(from, to),
    `import { classes, dense, model, momentum, softmaxCrossEntropy } from "nabla";

export default model({
  inputs: { point: [2] },
  targets: { kind: classes(3) },
  batch: 4,
  forward({ point }) {
    return { scores: dense(point, 3) };
  },
  loss: ({ scores }, { kind }) => softmaxCrossEntropy(scores, kind),
  optimizer: momentum({ rate: 0.1 }),
  seed: 3,
});
`,
  );

const kinds = ["north", "south", "west"];
const centres = [
  [0, 2],
  [0, -2],
  [-2, 0],
] as const;

/** "x,y,kind" and a row each, the kinds taking turns. */
export function pointsTable(rows = 30): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [x, y] = centres[row % 3]!;
    const off = (k: number) => (((row * 7 + k * 5) % 11) - 5) / 10;
    return `${(x + off(1)).toFixed(2)},${(y + off(2)).toFixed(2)},${kinds[row % 3]}`;
  });
  return `x,y,kind\n${lines.join("\n")}\n`;
}

/** Escape codes and carriage returns, which only a terminal should get. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const terminalCodes = /\u001b|\r/;
