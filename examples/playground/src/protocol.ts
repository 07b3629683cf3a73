/** What the page and its worker say to each other. */
import type { Outputs } from "nabla/runtime";

/** Rows of a task, one array a field. */
export interface Rows {
  readonly inputs: Readonly<Record<string, Float32Array>>;
  readonly targets: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly count: number;
}

export interface Lesson {
  readonly train: Rows;
  readonly test: Rows;
  /** Inputs whose outputs every report brings along: the points of a picture. */
  readonly watched?: Readonly<Record<string, Float32Array>>;
}

export interface Opening {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly lesson: Lesson;
  readonly seed: number;
  readonly rate: number;
  /** How many weight matrices, from the first on, every report brings along. */
  readonly matrices: number;
}

/** One row and what it is. */
export interface Correction {
  readonly input: Float32Array;
  readonly label: number;
}

/** Each command with what it takes and what it answers. */
export interface Commands {
  open(opening: Opening): void;
  /** Trains until `steps` more are taken, or until `pause`; `pace` is steps per second, Infinity for no limit. */
  run(steps: number, pace: number): void;
  pause(): void;
  setRate(rate: number): void;
  setPace(pace: number): void;
  /** The page has drawn the last report: only then comes another, so that a slow page does not fall behind. */
  seen(): void;
  infer(inputs: Readonly<Record<string, Float32Array>>): Outputs;
  teach(correction: Correction): Taught;
}

export interface Taught {
  readonly steps: number;
  /** Whether the network says so now. */
  readonly isLearnt: boolean;
  /** Of the test rows, before and after. */
  readonly accuracyBefore: number;
  readonly accuracy: number;
}

export interface Matrix {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** After so many steps, a value. */
export type Sample = readonly [steps: number, value: number];

/** How training stands, several times a second. */
export interface Report {
  readonly running: boolean;
  readonly steps: number;
  /** Passes over the rows, counted from 0, as a fraction. */
  readonly epochs: number;
  /** Mean of the steps since the last report; NaN where there were none. */
  readonly loss: number;
  /** Of the test rows, 0 to 1. */
  readonly accuracy: number;
  readonly stepsPerSecond: number;
  /** Of the curves, since the last report. */
  readonly losses: readonly Sample[];
  readonly accuracies: readonly Sample[];
  readonly matrices: readonly Matrix[];
  readonly watched?: Outputs;
  /** Why training had to stop. */
  readonly failure?: string;
}

export type Command = {
  [Name in keyof Commands]: { id: number; name: Name; args: Parameters<Commands[Name]> };
}[keyof Commands];

export type Message =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly report: Report };
