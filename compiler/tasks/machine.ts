/**
 * What the machine refuses, as the user reads it: files and memory. Neither is a fault of nabla.
 *
 *   EACCES: permission denied, open '/data/iris.csv'   ->   /data/iris.csv: permission denied (EACCES, open)
 */

/** Undefined for an error of another kind. */
export function describeMachineFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return describeSystemError(error) ?? (isOutOfMemory(error) ? outOfMemory(error) : undefined);
}

function describeSystemError(error: NodeJS.ErrnoException): string | undefined {
  const { code, syscall, path } = error;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code) || syscall === undefined) return undefined;
  const [, reason = error.message] = /^E[A-Z0-9]+: ([^,]*)/.exec(error.message) ?? [];
  const { dest } = error as { dest?: string };
  const place = [path, dest].filter((one) => one !== undefined).join(" -> ");
  return `${place ? `${place}: ` : ""}${reason} (${code}, ${syscall})${hints[code] ?? ""}`;
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: "\n  Make room on the disk, or name a file on another.",
  EDQUOT: "\n  Make room on the disk, or name a file on another.",
  EMFILE: "\n  Raise the limit of open files (ulimit -n), or close what holds them.",
};

/** The engine's own words for memory that it cannot get. */
const memoryWords =
  /Array buffer allocation failed|Invalid (typed )?array length|Invalid string length|could not allocate memory|Out of memory|Cannot create a Buffer larger/i;

const isOutOfMemory = (error: Error): boolean =>
  memoryWords.test(error.message) || (error as NodeJS.ErrnoException).code === "ERR_MEMORY_ALLOCATION_FAILED";

const outOfMemory = (error: Error): string =>
  `the machine has not enough memory for this: ${error.message}\n  A smaller batch, fewer rows or a smaller model needs less.`;
