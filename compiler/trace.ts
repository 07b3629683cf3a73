/**
 * What the pipeline did: the name, time and text of each stage. The runner alone times, verifies and dumps; stages are
 * pure functions.
 */
import { internalError } from "./diagnostics.ts";

export interface StageRecord {
  /** "step/03-fuse": the function of the module and the stage; "module/..." for those of the whole. */
  readonly name: string;
  readonly milliseconds: number;
  /** The result as text; what tests parse. */
  text(): string;
}

/** Thrown once the stage that the caller wanted last is done. */
export class Stopped extends Error {
  constructor(stage: string) {
    super(`stopped after ${stage}`);
    this.name = "Stopped";
  }
}

export interface Stage<In, Out> {
  readonly name: string;
  readonly run: (input: In) => Out;
  readonly print: (output: Out) => string;
  readonly verify?: (output: Out) => void;
}

export interface TraceOptions {
  /** Called after each stage, before its result is verified: what it made is seen even where it is broken. */
  readonly onStage?: ((record: StageRecord) => void) | undefined;
  /** The stage, such as "fuse", after which to throw Stopped. */
  readonly stopAfter?: string | undefined;
}

export class Trace {
  readonly records: StageRecord[] = [];
  readonly #options: TraceOptions;

  constructor(options: TraceOptions = {}) {
    this.#options = options;
  }

  /** Runs a stage on one function of the module; a fault that its verifier finds names the stage. */
  run<In, Out>(scope: string, stage: Stage<In, Out>, input: In): Out {
    const start = performance.now();
    const output = stage.run(input);
    this.record(`${scope}/${stage.name}`, start, () => stage.print(output));
    try {
      stage.verify?.(output);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw internalError(`stage "${stage.name}" broke ${scope}: ${message}`);
    }
    if (stage.name === this.#options.stopAfter) throw new Stopped(stage.name);
    return output;
  }

  /** Notes a stage that began at `start`, a reading of performance.now(). */
  record(name: string, start: number, text: () => string): void {
    const record = { name, milliseconds: performance.now() - start, text };
    this.records.push(record);
    this.#options.onStage?.(record);
  }
}
