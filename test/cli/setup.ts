/**
 * Runs the command line as a user does: compiled JavaScript in a process of its own, in a folder of its own.
 *
 *   const project = createProject({ "iris.model.ts": irisModel, "iris.csv": irisTable() });
 *   await project.nabla("train", "iris.model.ts", "--data", "iris.csv", "--epochs", "2")   // { code, stdout, stderr }
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Inside the project, so that packages are found from there. */
const cache = join(root, "node_modules/.cache/nabla-cli-test");

/** The compiled main.js; compiled once for each state of the sources. */
export const mainFile = join(compileOnce(), "compiler/cli/main.js");

function compileOnce(): string {
  const folder = join(cache, sourceState());
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "package.json"), '{ "type": "module" }');
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: "pipe" });
  try {
    run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", partial);
  } catch (error) {
    // Types have a check of their own; it is missing output that the tests cannot do without.
    if (!existsSync(join(partial, "compiler/cli/main.js"))) throw error;
  }
  run("scripts/copy-helpers.mjs", partial);
  removeOld();
  try {
    renameSync(partial, folder);
  } catch {
    // Another worker was first.
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Another run may still use what is younger than an hour. */
function removeOld(): void {
  const hourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    if ((statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? hourAgo) < hourAgo)
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes with every change of a source file. */
function sourceState(): string {
  const hash = createHash("sha256");
  for (const folder of ["compiler", "runtime", "template"])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort()) {
      const { mtimeMs, size } = statSync(join(root, folder, name));
      if (/\.(ts|wasm|js|json|md|csv)$/.test(name)) hash.update(`${folder}/${name} ${mtimeMs} ${size}\n`);
    }
  return hash.digest("hex").slice(0, 16);
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  path(name: string): string;
  read(name: string): string;
  files(): string[];
  write(name: string, contents: string | Uint8Array): void;
  nabla(...args: string[]): Promise<Finished>;
  /** Gets a signal as soon as stderr matches. */
  interrupted(when: RegExp, signal: NodeJS.Signals, ...args: string[]): Promise<Finished>;
  /** Through a shell, where $NABLA is the command. */
  shell(script: string): Promise<Finished>;
}

export function createProject(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), "nabla-cli-"));
  const path = (name: string) => join(folder, name);
  const write = (name: string, contents: string | Uint8Array) => writeFileSync(path(name), contents);
  for (const [name, contents] of Object.entries(files)) write(name, contents);
  const start = (command: string, args: readonly string[]) =>
    spawn(command, args, {
      cwd: folder,
      env: { ...process.env, FORCE_COLOR: undefined, NABLA: `${process.execPath} ${mainFile}` },
    });
  // Binaryen is a large module: compiled in one tier, a command takes half the time.
  const node = (args: readonly string[], options: readonly string[] = []) =>
    start(process.execPath, ["--liftoff-only", ...options, mainFile, ...args]);
  return {
    folder,
    path,
    write,
    read: (name) => readFileSync(path(name), "utf8"),
    files: () => readdirSync(folder).sort(),
    nabla: (...args) => finish(node(args)),
    interrupted: (when, signal, ...args) => finish(node(args, ["--import", interrupting(when, signal)])),
    shell: (script) => finish(start("bash", ["-c", script])),
  };
}

/** A module: the process sends the signal to itself, so that it cannot have ended before, however busy the machine is. */
const interrupting = (when: RegExp, signal: NodeJS.Signals): string =>
  `data:text/javascript,${encodeURIComponent(`
    let seen = "";
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (chunk, ...rest) => {
      const before = ${when}.test(seen);
      seen += chunk;
      if (!before && ${when}.test(seen)) process.kill(process.pid, "${signal}");
      return write(chunk, ...rest);
    };`)}`;

function finish(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr!.setEncoding("utf8").on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}
