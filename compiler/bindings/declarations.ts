/**
 * The types of one network, from its manifest.
 *
 *   inputs: [{ name: "pixels", dims: [784] }]  ->  export type Inputs = { readonly pixels: ArrayLike<number> };
 *
 *   inputs: [{ name: "colour", classes: 2, labels: ["blue", "red"] }]
 *   ->  ArrayLike<number> | ArrayLike<bigint> | "blue" | "red" | readonly ("blue" | "red")[]
 *
 * Type aliases of literals, not interfaces: only those fit where the runtime takes any record of arrays.
 */
import { elementCount } from "../../runtime/section.ts";
import { inComment } from "./comment.ts";
import { listLabels } from "./list-labels.ts";
import type { Manifest, Slot } from "./manifest.ts";

/** `load`: the declaration of the function that gives the net. */
export function writeDeclarations(manifest: Manifest, load = LOAD): string {
  return [
    "// Written by nabla: a change here is lost at the next build.",
    SIGNATURE,
    record("Inputs", "What the network reads, row after row.", manifest.inputs, given),
    record("Outputs", "What it gives: copies, row after row.", manifest.outputs, made),
    manifest.mode === "train" ? trainingTypes(manifest) : "",
    netType(manifest),
    load,
  ]
    .filter(Boolean)
    .join("\n\n")
    .concat("\n");
}

const trainingTypes = (manifest: Manifest): string =>
  [
    record("Targets", "What it learns to give, row after row.", manifest.targets, given),
    record("Parameters", "Live views; an assignment copies.", manifest.parameters, live),
    record("Optimizer", "The optimiser's state: live views; an assignment copies.", manifest.optimizer, live),
    STATE,
  ].join("\n\n");

function netType({ mode, batch }: Manifest): string {
  const infer = `  /** What the module says about itself. */
  readonly manifest: Signature;
  /**
   * Runs \`n\` rows: what the first input holds, where not given. Gives fresh arrays, or those of \`into\` filled again: the
   * outputs of an earlier call of as many rows. Throws a TypeError or RangeError for what does not fit.
   */
  infer(inputs: Inputs, n?: number, into?: Outputs): Outputs;`;
  const training = `  /** Sets the parameters to their initial values for \`seed\`, the optimiser's state to zero. */
  init(seed: number): void;
  /**
   * One optimiser step on \`n\` rows, at most ${batch}; gives the loss before it.
   * Throws, with nothing changed, for values that do not fit and labels out of range.
   */
  step(inputs: Inputs, targets: Targets, n?: number): number;
  /** Loss and outputs of \`n\` rows, at most ${batch}; changes nothing. */
  evaluate(inputs: Inputs, targets: Targets, n?: number): Outputs & { loss: number };
  readonly parameters: Parameters;
  readonly optimizer: Optimizer;
  /** A copy of all that training changes; survives structuredClone. */
  save(): SavedState;
  /** Throws, before anything is written, for a state of another graph or one that is not whole. */
  restore(state: SavedState): void;`;
  return `export interface Net {\n${mode === "train" ? `${infer}\n${training}` : infer}\n}`;
}

type Member = (slot: Slot) => string;

const given: Member = ({ name, dims, classes, labels, columns }) => {
  const asLabels = classes ? " | ArrayLike<bigint>" : "";
  const listed = !labels && columns?.length === elementCount(dims) ? rows(columns) : "";
  return `readonly ${key(name)}: ArrayLike<number>${asLabels}${labels ? named(labels, dims) : ""}${listed};`;
};
const made: Member = ({ name, dtype }) => `${key(name)}: ${ARRAYS[dtype]};`;
const live: Member = ({ name, dtype }) =>
  `get ${key(name)}(): ${ARRAYS[dtype]};\n  set ${key(name)}(values: ArrayLike<number>);`;

const ARRAYS = { f32: "Float32Array", f64: "Float64Array", i32: "Int32Array" };

/** What may stand for numbers: the names of classes, as many as labels; where a row has one, its name alone. */
function named(labels: readonly string[], dims: readonly number[]): string {
  const union = labels.map((label) => JSON.stringify(label)).join(" | ");
  return `${elementCount(dims) === 1 ? ` | ${union}` : ""} | readonly (${union})[]`;
}

/** A row by the names of its columns, or rows. */
function rows(columns: readonly string[]): string {
  const row = `{ ${columns.map((column) => `readonly ${key(column)}: number`).join("; ")} }`;
  return ` | ${row} | readonly ${row}[]`;
}

function record(name: string, comment: string, slots: readonly Slot[], member: Member): string {
  const members = slots.map((slot) => `  /** ${describe(slot)} */\n  ${member(slot)}`);
  return `/** ${comment} */\nexport type ${name} = {${members.length > 0 ? `\n${members.join("\n")}\n` : ""}};`;
}

/** "[28, 28]: 784 numbers. Classes 0 to 2: setosa, versicolor, virginica." */
function describe({ dims, classes, labels }: Slot): string {
  const count = elementCount(dims);
  const shape = `[${dims.join(", ")}]: ${count} ${count === 1 ? "number" : "numbers"}.`;
  if (!classes) return shape;
  const names = labels ? `: ${listLabels(labels)}` : "";
  return inComment(`${shape} Classes 0 to ${classes - 1}${names}.`);
}

/** The name as a property: bare where it is an identifier. */
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const SIGNATURE = `export interface Slot {
  readonly name: string;
  /** Bytes from the start of the module's memory. */
  readonly offset: number;
  readonly dims: readonly number[];
  readonly dtype: "f32" | "f64" | "i32";
  readonly classes?: number;
  readonly labels?: readonly string[];
  readonly columns?: readonly string[];
}

export interface Signature {
  readonly format: 1;
  readonly mode: "train" | "infer";
  readonly dtype: "f32" | "f64";
  readonly batch: number;
  readonly inputs: readonly Slot[];
  readonly targets: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly parameters: readonly Slot[];
  readonly optimizer: readonly Slot[];
  readonly loss?: number;
  readonly seed?: number;
  readonly step?: number;
  readonly hash?: string;
}`;

const STATE = `export interface SavedState {
  readonly format: 1;
  readonly hash: string;
  readonly tensors: Readonly<Record<string, Float32Array | Float64Array | Int32Array>>;
  readonly step: number;
  readonly seed: number;
}`;

// Names of the DOM are left out: not every program has its types.
const LOAD = `/** Bytes, a WebAssembly.Module, a Response, a URL, or a URL's text. */
export type Source = object | string;

/** Loads the module, by default the file beside this one. Pass the imported module where a host forbids compiling. */
export declare function load(source?: Source | PromiseLike<Source>): Promise<Net>;`;
