/**
 * Whether the pictures and tables of an example are those that its long form gave last, and whether its short form still gives the
 * numbers that it gave then. examples/figures.json has both digests.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { filled } from "./marks.mjs";
import { digestOf } from "./short-forms.mjs";

export const examples = fileURLToPath(new URL("../../examples", import.meta.url));
export const recordFile = `${examples}/figures.json`;

/** JavaScript's own Math, which makes the examples' data, may differ in the last digit from engine to engine. */
export const engine = process.versions.node.split(".")[0];

export const readRecords = () => JSON.parse(readFileSync(recordFile, "utf8"));

/** Of what the reader sees: the marked places of the README, and the pictures. */
export function shownDigest(name) {
  const folder = `${examples}/${name}`;
  const pictures = readdirSync(folder).filter((file) => file.endsWith(".svg"));
  const page = filled(readFileSync(`${folder}/README.md`, "utf8"));
  return digestOf([page, ...pictures.sort().map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")])]);
}

/** Throws an error that says what to run. */
export function requireFresh(name, numbers) {
  const { node, shown, short } = readRecords()[name] ?? {};
  const command = `npm run figures -- ${name}`;
  if (shown !== shownDigest(name))
    throw new Error(`examples/${name}: its tables or pictures are not those that ${command} wrote`);
  if (node === engine && short !== digestOf(numbers))
    throw new Error(
      `examples/${name}: the code gives other numbers than when its tables and pictures were made: ${command}`,
    );
}
