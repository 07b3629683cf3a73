/**
 * Stages, and what runs them: it alone times, verifies and dumps, and keeps the name, time and text of each; stages are
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

/** A stage of a list, in which each makes one part of a record out of those before it. */
export interface ListedStage<Made, Settings, Name extends keyof Made & string> {
  readonly name: Name;
  /** What it is for, and why it stands behind the one before. */
  readonly why: string;
  readonly run: (made: Made, settings: Settings) => Made[Name];
  readonly print: (output: Made[Name], made: Made) => string;
  /** Throws where the output breaks the laws of its level. */
  readonly verify?: (output: Made[Name], made: Made, settings: Settings) => void;
}

export type StageList<Made, Settings> = readonly {
  [Name in keyof Made & string]: ListedStage<Made, Settings, Name>;
}[keyof Made & string][];

export interface StageOptions {
  /** Called after each stage, before its result is verified: what it made is seen even where it is broken. */
  readonly onStage?: ((record: StageRecord) => void) | undefined;
  /** The stage, such as "fuse", after which to throw Stopped. */
  readonly stopAfter?: string | undefined;
}

export class StageRunner {
  readonly records: StageRecord[] = [];
  readonly #options: StageOptions;

  constructor(options: StageOptions = {}) {
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

  /** Runs a list of stages, in order; `prefix` stands before their names. */
  runAll<Made, Settings>(
    scope: string,
    stages: StageList<Made, Settings>,
    given: Partial<Made>,
    settings: Settings,
    prefix = "",
  ): Made {
    const made = { ...given } as Made;
    const run = <Name extends keyof Made & string>(stage: ListedStage<Made, Settings, Name>): void => {
      made[stage.name] = this.run(
        scope,
        {
          name: prefix + stage.name,
          run: () => stage.run(made, settings),
          print: (output) => stage.print(output, made),
          verify: (output) => stage.verify?.(output, made, settings),
        },
        undefined,
      );
    };
    for (const stage of stages) run(stage as ListedStage<Made, Settings, keyof Made & string>);
    return made;
  }

  /** Notes a stage that began at `start`, a reading of performance.now(). */
  record(name: string, start: number, text: () => string): void {
    const record = { name, milliseconds: performance.now() - start, text };
    this.records.push(record);
    this.#options.onStage?.(record);
  }
}
