/**
 * Plants the faults of test/faults/faults.mjs one by one in a copy of the project, runs the tests that must notice, and says
 * whether they did.
 *
 *   npm run faults                     all of them (an hour)
 *   npm run faults -- tied-maxima      some
 *
 * The copy lies in the system's folder for temporary files; what a run that was killed has left there, the next one removes.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faults } from "../test/faults/faults.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const prefix = "nabla-faults-";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !faults.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(`there is no fault ${unknown.join(", ")}; there are ${faults.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

removeLeft();
const copy = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
copyProject();
/** By what is run: whether it passes without a fault. */
const clean = new Map();
const outcomes = faults.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(plant);
const count = (what) => outcomes.filter((outcome) => outcome === what).length;
console.log(
  `${outcomes.length} faults: ${count("caught")} caught, ${count("NOT caught")} not, ${count("not found")} whose text is not there once`,
);
process.exit(count("caught") === outcomes.length ? 0 : 1);

/** What git knows, and what it would: without node_modules, of which the copy has links, and a cache of its own. */
function copyProject() {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of listed.stdout.split("\0").filter(Boolean))
    cpSync(join(root, file), join(copy, file), { recursive: true, force: true });
  for (const built of ["dist", "runtime/wasm/build"]) cpSync(join(root, built), join(copy, built), { recursive: true });
  for (const modules of ["node_modules", "test/hosts/node_modules", "test/bundlers/node_modules"]) linkModules(modules);
}

function linkModules(modules) {
  if (!existsSync(join(root, modules))) return;
  mkdirSync(join(copy, modules), { recursive: true });
  for (const name of readdirSync(join(root, modules)))
    if (name !== ".cache") symlinkSync(join(root, modules, name), join(copy, modules, name));
}

function plant({ name, file, find, replace, tests, says }) {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) return report("not found", name, file);
  if (!passes(tests)) return report("NOT caught", name, `${tests} fails without it, too`);
  const broken = text.replace(find, () => replace);
  writeFileSync(path, broken);
  const isCaught = !run(tests);
  writeFileSync(path, text);
  return report(isCaught ? "caught" : "NOT caught", name, `${says} (${tests})`);
}

/** Whether the tests pass in the copy as it stands. */
function run(tests) {
  const options = ["--typecheck.enabled=false", "--bail=1", "--reporter=dot"];
  const args = ["node_modules/vitest/vitest.mjs", "run", ...options, tests];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: copy, stdio: "ignore" });
  if (signal) process.exit(130);
  return status === 0;
}

/** Whether they pass without a fault, asked once for each. */
function passes(tests) {
  if (!clean.has(tests)) clean.set(tests, run(tests));
  return clean.get(tests);
}

function report(outcome, name, what) {
  console.log(`${outcome.padEnd(10)}  ${name.padEnd(22)}  ${what}`);
  return outcome;
}

/** Of runs that are gone: their number stands in the name. */
function removeLeft() {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split("-")[0]);
    if (!isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
