/**
 * Every user-facing error of the compiler, one function each. A diagnostic says where, what was expected, what was got,
 * where each value came from, and what to do.
 */
import { nearest } from "../runtime/nearest.ts";
import { type Origin, printSource, type Span, sourceOf } from "./graph/origin.ts";
import { type Dims, printDims, printType, type Type } from "./graph/types.ts";

export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly span?: Span | undefined;
  /** In place of a span, for what no source file says: `Gemm fc1 of net.onnx`. */
  readonly label?: string | undefined;
  /** Lines such as "expected  b: [128, N]  since a = h is f32[32,128] (model.ts:12:9)". */
  readonly notes: readonly string[];
  readonly hint?: string | undefined;
}

/** One or more diagnostics; what the build throws at its end. */
export class CompileError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(summary).join("\n"));
    this.name = "CompileError";
    this.diagnostics = diagnostics;
  }
}

/** A fault of the compiler itself. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`internal: ${message}`);
    this.name = "InternalError";
  }
}

export const internalError = (message: string): InternalError => new InternalError(message);

/** The diagnostic as text without its code frame. */
export function summary(diagnostic: Diagnostic): string {
  const place = printSource(diagnostic);
  const head = place && `${place}${diagnostic.span ? " " : ": "}`;
  const lines = [`${head}${diagnostic.code}`, `  ${diagnostic.message}`];
  for (const note of diagnostic.notes) lines.push(`    ${note}`);
  if (diagnostic.hint) lines.push(`  ${diagnostic.hint}`);
  return lines.join("\n");
}

let collected: Diagnostic[] | undefined;

/**
 * Runs `body` collecting the diagnostics that `recordOrThrow` is given, so that one run reports all it can find; throws
 * them together at the end, those thrown outright included.
 */
export function collectDiagnostics<T>(body: () => T): T {
  const saved = collected;
  const mine: Diagnostic[] = [];
  collected = mine;
  let result: T | undefined;
  try {
    result = body();
  } catch (error) {
    if (!(error instanceof CompileError)) {
      // After a recorded error the model's own code may trip over a poisoned value; the recorded one is the cause.
      if (mine.length === 0 || error instanceof InternalError) throw error;
    } else mine.push(...error.diagnostics);
  } finally {
    collected = saved;
  }
  if (mine.length > 0) throw new CompileError(mine);
  return result as T;
}

/** Whether the collector of this run has an error already: what follows only looks for more. */
export const hasRecorded = (): boolean => collected !== undefined && collected.length > 0;

/** Records a diagnostic where a collector is active; anything else, or without a collector, is thrown. */
export function recordOrThrow(error: unknown): void {
  if (error instanceof CompileError && collected) collected.push(...error.diagnostics);
  else throw error;
}

const fail = (
  code: string,
  origin: Origin | undefined,
  message: string,
  notes: readonly string[] = [],
  hint?: string,
) => new CompileError([{ code, message, ...sourceOf(origin), notes, hint }]);

/** What an error says of a node; no more of it, so that whatever nodes are made of may fail with these errors. */
interface Operand {
  readonly op: { readonly name: string; readonly kind: string };
  readonly attrs: { readonly name?: unknown };
  readonly type: Type;
  readonly origin: Origin | undefined;
}

/** "h is f32[32,128] (relu, model.ts:12:9)" */
export function describe(node: Operand): string {
  const name = node.attrs.name ?? node.origin?.binding;
  const from = [node.op.kind === "leaf" ? undefined : node.op.name, printSource(node.origin)];
  const where = from.filter(Boolean).join(", ");
  return `${name ? `${name} is ` : ""}${printType(node.type)}${where ? ` (${where})` : ""}`;
}

interface At {
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly origin: Origin | undefined;
}

export const innerDims = (at: At, a: Type, b: Type) =>
  fail("shape/inner-dims", at.origin, `${at.op}: inner dimensions differ`, [
    `expected  b: [${[...a.dims.slice(0, -2), a.dims.at(-1)].join(", ")}, N]  since a = ${describe(at.inputs[0]!)}`,
    `got       b: ${printDims(b.dims)}  ${describe(at.inputs[1]!)}`,
  ]);

export const rank = (at: At, position: number, expected: string, type: Type) =>
  fail("shape/rank", at.origin, `${at.op}: wrong number of axes`, [
    `expected  ${expected}`,
    `got       ${printDims(type.dims)}  ${describe(at.inputs[position]!)}`,
  ]);

export const noBroadcast = (at: At, a: Dims, b: Dims) =>
  fail("shape/broadcast", at.origin, `${at.op}: the shapes do not fit together`, [
    `expected  equal extents, or 1, from the last axis on`,
    `got       ${printDims(a)}  ${describe(at.inputs[0]!)}`,
    `and       ${printDims(b)}  ${at.inputs.length > 1 ? describe(at.inputs.at(-1)!) : "the shape asked for"}`,
  ]);

export const wrongDType = (at: At, position: number, expected: string, type: Type) =>
  fail("type/dtype", at.origin, `${at.op}: wrong element type`, [
    `expected  ${expected}`,
    `got       ${printType(type)}  ${describe(at.inputs[position]!)}`,
  ]);

export const badAttribute = (at: At, name: string, expected: string, got: unknown) =>
  fail("attribute/range", at.origin, `${at.op}: ${name} is out of range`, [
    `expected  ${name}: ${expected}`,
    `got       ${String(got)}`,
  ]);

export const reshapeCount = (at: At, from: Dims, to: Dims) =>
  fail("shape/count", at.origin, `${at.op}: the number of elements must stay`, [
    `expected  the element count of ${printDims(from)}  ${describe(at.inputs[0]!)}`,
    `got       ${printDims(to)}`,
  ]);

/** A value of the model file as an error shows it. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return "op" in value && "poisoned" in value
    ? describe(value as unknown as Operand)
    : `{ ${Object.keys(value).join(", ")} }`;
}

const listed = (names: readonly string[]): string => (names.length > 0 ? names.join(", ") : "none");

export const windowTooLarge = (
  at: At,
  image: Dims,
  window: readonly number[],
  padding: readonly number[],
  x: Operand,
) =>
  fail("shape/window", at.origin, `${at.op}: the window is larger than the image`, [
    `expected  a window of at most ${printDims(image)}, rows and columns of x with padding [${padding.join(", ")}]`,
    `got       [${window.join(", ")}], kernel with dilation; ${describe(x)}`,
  ]);

export const shapesDiffer = (at: At, a: Operand, b: Operand) =>
  fail("shape/differ", at.origin, `${at.op}: the two must have the same shape`, [
    `expected  ${printDims(a.type.dims)}  ${describe(a)}`,
    `got       ${printDims(b.type.dims)}  ${describe(b)}`,
  ]);

export const escapedLoop = (at: At, value: Operand) =>
  fail(
    "dsl/escaped",
    at.origin,
    `${at.op}: a value of one turn is used outside of its loop`,
    ["expected  what the step is given to be used in the step", `got       ${describe(value)}`],
    "Return it from the step, and use `last` or `each` of the result. A moving average, as of batchNorm, cannot stand in a step.",
  );

export const notATensor = (at: At, got: unknown) =>
  fail("dsl/not-a-tensor", at.origin, `${at.op}: this is not a tensor`, [
    "expected  an input, a parameter, or a value computed from them",
    `got       ${show(got)}`,
  ]);

export const outsideForward = (at: At) =>
  fail(
    "dsl/outside-forward",
    at.origin,
    `${at.op}: parameters belong to a model`,
    [],
    "Call it inside forward, or in a function that forward calls.",
  );

export const unknownKey = (at: At, key: string, known: readonly string[]) => {
  const meant = nearest(key, known);
  const notes = [`expected  one of: ${listed(known)}`, `got       ${key}`];
  const hint = meant === undefined ? undefined : `Did you mean ${meant}?`;
  return fail("dsl/unknown-key", at.origin, `${at.op}: there is no option named ${key}`, notes, hint);
};

export const wrongKey = (at: At, key: string, expected: string, got: unknown) =>
  fail("dsl/key", at.origin, `${at.op}: ${key} is ${got === undefined ? "missing" : "of the wrong kind"}`, [
    `expected  ${key}: ${expected}`,
    `got       ${show(got)}`,
  ]);

export const unknownField = (at: At, kind: string, name: string, known: readonly string[]) =>
  fail("dsl/unknown-field", at.origin, `${at.op}: there is no ${kind} named ${name}`, [
    `expected  one of: ${listed(known)}`,
    `got       ${name}`,
  ]);

export const badName = (at: At, kind: string, name: string) =>
  fail("dsl/name", at.origin, `${at.op}: ${show(name)} cannot name ${kind}`, [
    "expected  a JavaScript identifier that no plain object already answers to",
    `got       ${show(name)}`,
  ]);

export const reservedName = (at: At, kind: string, name: string, owner: string) =>
  fail(
    "dsl/name",
    at.origin,
    `${at.op}: ${show(name)} cannot name ${kind}: it already names ${owner}`,
    [],
    "Rename one of them.",
  );

export const fewRows = (at: At, table: Operand, labels: Operand, classes: number) =>
  fail("shape/classes", at.origin, `${at.op}: the table has no row for some labels`, [
    `expected  table: [${classes}, ...] or more rows  since ${describe(labels)} has ${classes} classes`,
    `got       ${printDims(table.type.dims)}  ${describe(table)}`,
  ]);

export const classCount = (at: At, logits: Operand, labels: Operand, classes: number) =>
  fail("shape/classes", at.origin, `${at.op}: as many logits as classes are needed`, [
    `expected  logits: [n,${classes}]  since ${describe(labels)} has ${classes} classes`,
    `got       ${printDims(logits.type.dims)}  ${describe(logits)}`,
  ]);

export const outputExpected = (at: At, name: string | undefined, got: unknown) =>
  fail("model/outputs", at.origin, `${at.op}: forward must return its outputs by name`, [
    name === undefined ? "expected  an object of tensors, such as { logits }" : `expected  ${name}: a tensor`,
    `got       ${show(got)}`,
  ]);

export const outputWithoutRows = (at: At, name: string, got: Operand) =>
  fail("model/outputs", at.origin, `${at.op}: output ${name} does not depend on the inputs`, [
    `expected  ${name}: [n, ...], one value a row`,
    `got       ${describe(got)}`,
  ]);

export const outputOfOther = (at: At, name: string, got: Operand) =>
  fail(
    "model/outputs",
    at.origin,
    `${at.op}: output ${name} is not of floats`,
    [`expected  ${name}: f32 or f64`, `got       ${describe(got)}`],
    "Give the scores and leave the choice to the caller, or oneHot of labels, or where(mask, 1, 0).",
  );

export const lossNotScalar = (at: At, got: Operand) =>
  fail(
    "model/loss",
    at.origin,
    `${at.op}: the loss must be one number`,
    ["expected  []", `got       ${printDims(got.type.dims)}  ${describe(got)}`],
    "Take batchMean of it, the mean over the rows and all axes.",
  );

export const unusedTarget = (at: At, name: string) =>
  fail(
    "model/unused-target",
    at.origin,
    `${at.op}: the loss does not read target ${name}`,
    [],
    "Use it in loss, or remove it.",
  );

export const unreachedParameter = (at: At, parameter: Operand) =>
  fail(
    "model/unreached-parameter",
    parameter.origin ?? at.origin,
    `${at.op}: the loss does not depend on ${parameter.attrs.name}`,
    [`got       ${describe(parameter)}`],
    "Nothing would train it: use it, remove it, or declare it with trainable: false.",
  );

export const noParameters = (at: At) =>
  fail("model/no-parameters", at.origin, `${at.op}: there is nothing to train`, [
    "expected  at least one trainable parameter, such as those of dense",
    "got       none",
  ]);

/** `fits`: rows of a batch; `largest`: what takes most. */
export function memoryTooLarge(of: {
  readonly batch: number;
  readonly needed: number;
  readonly most: number;
  readonly largest: readonly { readonly what: string; readonly bytes: number; readonly node: Operand }[];
  readonly fits: number;
}) {
  const count = (value: number) => value.toLocaleString("en-US");
  const values = of.largest.map(({ what, bytes, node }) => `${what}: ${count(bytes)} bytes, ${describe(node)}`);
  return fail(
    "memory/too-large",
    of.largest.find(({ node }) => node.origin)?.node.origin,
    `with a batch of ${count(of.batch)} rows the module needs ${count(of.needed)} bytes of memory`,
    [
      `expected  at most ${count(of.most)} bytes`,
      ...values.map((text, i) => `${i === 0 ? "got" : "and"}       ${text}`),
    ],
    of.fits > 0 ? `A batch of ${count(of.fits)} rows fits.` : "No batch fits: the shapes have to be smaller.",
  );
}

export const badFileName = (name: string, expected: string) =>
  fail("build/name", undefined, "files cannot be called so", [`expected  ${expected}`, `got       ${show(name)}`]);

export const missingWeights = (name: string, dims: Dims, given: readonly string[]) =>
  fail("weights/missing", undefined, `no weights for ${name}`, [
    `expected  ${name}: ${printDims(dims)}`,
    `got       ${given.length === 0 ? "none" : given.join(", ")}`,
  ]);

export const weightShape = (name: string, dims: Dims, got: number) =>
  fail("weights/size", undefined, `the weights for ${name} are of another size`, [
    `expected  ${printDims(dims)}: ${dims.reduce<number>((p, d) => p * (d as number), 1)} numbers`,
    `got       ${got} numbers`,
  ]);

export const weightBeyond = (name: string, index: number, value: number, dtype: string) =>
  fail("weights/range", undefined, `${name}[${index}] is no weight that a module of ${dtype} can hold`, [
    `expected  a finite number${dtype === "f32" ? ", at most 3.4028235e38 in magnitude" : ""}`,
    `got       ${value}`,
  ]);

export const shiftBeyond = (name: string, index: number, value: number) =>
  fail(
    "weights/digits",
    undefined,
    `${name}[${index}] was measured in f64, and f32 has not its digits`,
    [
      `expected  dtype f64, as the weights were trained with`,
      `got       dtype f32: ${value} would be ${Math.fround(value)}`,
    ],
    "Build with --dtype f64, or subtract a fixed number in the data and train again.",
  );

export const halfNeedsInference = (mode: string, dtype: string) =>
  fail("weights/half", undefined, "half precision is for the weights of an inference module of f32", [
    "expected  mode infer, dtype f32",
    `got       mode ${mode}, dtype ${dtype}`,
  ]);

export const beyondHalf = (name: string, index: number, value: number, limit: number) =>
  fail("weights/half", undefined, `${name}[${index}] is beyond half precision`, [
    `expected  at most ${limit}, either way`,
    `got       ${value}`,
  ]);

export const inputExpected = (at: At, got: Operand) =>
  fail(
    "input/expected",
    at.origin,
    `${at.op} prepares an input of the model`,
    ["expected  one of the inputs, as forward gets it", `got       ${describe(got)}`],
    "What is computed from it can be normalised with batchNorm or layerNorm.",
  );

export const independent = (at: At, of: Operand, by: Operand) =>
  fail(
    "grad/independent",
    at.origin,
    `${at.op}: y does not depend on x`,
    [`expected  a value that y was computed from`, `got       ${describe(by)}, and y is ${describe(of)}`],
    "Pass the very value that y was computed from; what is computed a second time is another one.",
  );
