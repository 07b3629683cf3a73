/** What a host is to the tests: how to find it, and how to run the folder that build.ts wrote. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../../support/missing.ts";
import type { Digests } from "../work.ts";

export interface Host {
  readonly name: string;
  /** The program's path. */
  readonly program: string;
  /** What drives it, where it cannot be run by itself. */
  readonly driver?: string;
  digests(folder: string): Promise<Digests>;
}

/** A program of a package that test/hosts/package.json installs. */
export const installed = (name: string): string => join(modules, ".bin", name);

/** Where those packages lie. */
export const modules = join(import.meta.dirname, "../node_modules");

export const isThere = ({ name, program, driver = program }: Host): boolean =>
  !isMissing(
    existsSync(program) ? `what drives ${name}, of test/hosts` : name,
    existsSync(program) && existsSync(driver),
  );

/** What the program prints; an error with what it complained about where it fails. */
export function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let printed = "";
    let complained = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complained += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${program} ${args.join(" ")}: exit ${code}\n${complained}`));
    });
  });
}
