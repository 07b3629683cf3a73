/**
 * Makes what the pages say of numbers: pictures and tables of the examples, by their long forms (minutes), and README.md.
 *
 *   npm run figures                      all of them
 *   npm run figures -- overfitting       one example; "readme" is README.md
 *
 * Times are not made here: they are measured, by npm start and npm run bench.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { engine, examples, readRecords, recordFile, shownDigest } from "./figures/freshness.mjs";
import { irisFacts } from "./figures/iris.mjs";
import { fill } from "./figures/marks.mjs";
import { digestOf, shortForms } from "./figures/short-forms.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = [...Object.keys(shortForms), "readme"];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
for (const name of wanted)
  if (!names.includes(name)) {
    console.error(`there are no figures "${name}"; there are ${names.join(", ")}`);
    process.exit(2);
  }
for (const name of wanted) await (name === "readme" ? makeReadme() : makeExample(name));

async function makeReadme() {
  const facts = await irisFacts();
  rewrite(`${root}README.md`, (name) => facts[name]);
}

async function makeExample(name) {
  console.log(`${name}...`);
  const out = `${root}out/figures/${name}`;
  rmSync(out, { recursive: true, force: true });
  // The folder is the last argument, after those that make the run short; what is not given is long.
  const { status } = spawnSync(process.execPath, [`${examples}/${name}/start.mjs`], {
    cwd: root,
    env: { ...process.env, NABLA_OUT: out },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) process.exit(1);
  for (const file of readdirSync(out).filter((one) => one.endsWith(".svg")))
    copyFileSync(`${out}/${file}`, `${examples}/${name}/${file}`);
  const facts = existsSync(`${out}/facts.json`) ? JSON.parse(readFileSync(`${out}/facts.json`, "utf8")) : {};
  rewrite(`${examples}/${name}/README.md`, (mark) =>
    mark.endsWith(".md") ? readFileSync(`${out}/${mark}`, "utf8") : facts[mark],
  );
  const { run, numbers } = shortForms[name];
  const short = digestOf(numbers(await run()));
  const records = { ...readRecords(), [name]: { node: engine, shown: shownDigest(name), short } };
  const sorted = Object.fromEntries(Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(recordFile, `${JSON.stringify(sorted, null, 2)}\n`);
}

function rewrite(path, textOf) {
  writeFileSync(path, fill(readFileSync(path, "utf8"), textOf));
}
