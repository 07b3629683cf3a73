/**
 * How often each block of the compiler's code runs: work is counted, not timed, so the same work gives the same numbers.
 *
 *   for (const a of items) items.find((b) => b.of === a)        10 items: 55        20 items: 210
 *
 * V8's block coverage counts. A function's own calls are only counted while it is not optimised, so optimising is off
 * from then on; a test file has a process of its own.
 */
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const compilerFolder = fileURLToPath(new URL("../../compiler/", import.meta.url));

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface FunctionRanges {
  readonly functionName: string;
  /** The function, then the blocks inside that ran more or less often than what is around them. */
  readonly ranges: readonly Range[];
}

type Coverage = readonly { readonly url: string; readonly functions: readonly FunctionRanges[] }[];

export interface Growth {
  /** "plan/arena.ts firstFit at 1520". */
  readonly block: string;
  readonly before: number;
  readonly after: number;
}

export class BlockCounts {
  readonly #session = new Session();

  /** Counts code that is loaded from now on. */
  async start(): Promise<void> {
    setFlagsFromString("--no-opt");
    setFlagsFromString("--no-maglev");
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** Every block that the larger work runs, with its counts in both. */
  async growth(smaller: () => Promise<unknown>, larger: () => Promise<unknown>): Promise<Growth[]> {
    const before = functionsByPlace(await this.#during(smaller));
    const after = functionsByPlace(await this.#during(larger));
    return [...after].flatMap(([place, { functionName, ranges }]) =>
      ranges.map((range) => ({
        block: `${place.split(" ")[0]} ${functionName} at ${range.startOffset}`,
        before: countIn(before.get(place)?.ranges ?? [], range),
        after: range.count,
      })),
    );
  }

  async #during(work: () => Promise<unknown>): Promise<Coverage> {
    await this.#session.post("Profiler.takePreciseCoverage");
    await work();
    return (await this.#session.post("Profiler.takePreciseCoverage")).result;
  }
}

/** Functions of the compiler by file and offset. */
function functionsByPlace(coverage: Coverage): Map<string, FunctionRanges> {
  const result = new Map<string, FunctionRanges>();
  for (const { url, functions } of coverage) {
    const path = url.startsWith("file:") ? fileURLToPath(url) : url;
    if (!path.startsWith(compilerFolder)) continue;
    const file = path.slice(compilerFolder.length);
    for (const found of functions) result.set(`${file} ${found.ranges[0]!.startOffset}`, found);
  }
  return result;
}

/** A block that ran as often as what is around it has no range of its own; outer ranges come before inner ones. */
const countIn = (ranges: readonly Range[], block: Range): number =>
  ranges.findLast((r) => r.startOffset <= block.startOffset && block.endOffset <= r.endOffset)?.count ?? 0;
