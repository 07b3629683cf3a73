/**
 * The op reference, from the records alone: docs/ops.md. A test keeps the file as this function writes it.
 *
 *   expOp   ->   ## exp
 *                y = e^x. dy/dx = y.
 *                ... the adjoint as graph text, FLOPs, refusals
 */
import { CompileError, type Diagnostic, internalError } from "../diagnostics.ts";
import { repeatsType } from "../graph/attributes.ts";
import type { Graph } from "../graph/graph.ts";
import type { Op, OpKind, Reject, Sample } from "../graph/ir.ts";
import { apply, byName, type Node } from "../graph/node.ts";
import type { Origin } from "../graph/origin.ts";
import { printGraph } from "../graph/print.ts";
import { type Dims, type DType, printDims, printType } from "../graph/types.ts";
import { input } from "./leaf.ts";

/** Rows that FLOPs are counted at. */
const rows = 32;

export function opReference(ops: readonly Op[]): string {
  const counted = `${ops.length} ops, ${ops.filter((op) => op.adjoint !== "none").length} of them with an adjoint.`;
  return `${[preface(counted), index(ops), ...ops.map(entry)].join("\n\n")}\n`;
}

const preface = (counted: string): string => `# Ops

Written by compiler/ops/reference.ts from the op records; \`npx vitest run test/docs -u\` writes it anew.

${counted} An op is a record in [compiler/ops](../compiler/ops); [add-an-op.md](add-an-op.md) explains its fields. Shapes are
those of the graph: \`n\` is the number of rows of a call. Adjoints are printed as the record's own rule gives them, before
anything is simplified; \`dy\` is the cotangent of the result, \`dx\` that of input \`x\`. Where an input was
stretched, the reverse walk sums its cotangent back to the input's shape. FLOPs are those of the shapes shown, at n = ${rows}.`;

const index = (ops: readonly Op[]): string =>
  ["| kind | ops |", "| --- | --- |", ...kinds.map((kind) => `| ${kind} | ${linksOf(ops, kind)} |`)].join("\n");

const kinds: readonly OpKind[] = ["leaf", "elementwise", "view", "source", "reduction", "contraction"];

const linksOf = (ops: readonly Op[], kind: OpKind): string =>
  ops
    .filter((op) => op.kind === kind)
    .map(({ name }) => `[${name}](#${name.toLowerCase()})`)
    .join(", ");

function entry(op: Op): string {
  const sample = shownSample(op);
  return [
    `## ${op.name}`,
    op.doc,
    facts(op, sample),
    sample && `\`\`\`text\n${printGraph(adjointGraph(op, sample))}\n\`\`\``,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function facts(op: Op, sample: Sample | undefined): string {
  const attributes = attributesOf(op);
  return [
    `- kind: ${op.kind}`,
    `- inputs: ${op.inputs.length > 0 ? op.inputs.join(", ") : "none"}`,
    ...(attributes.length > 0 ? [`- attributes: ${attributes.join("; ")}`] : []),
    ...(sample ? [`- FLOPs: ${flopsAt(op, sample)}`] : []),
    ...(op.adjoint === "none" && op.kind !== "leaf" ? ["- adjoint: none; no cotangent flows back"] : []),
    ...op.rejects.map((reject) => `- refuses ${refusal(op, reject)}`),
  ].join("\n");
}

/** Rows show most: how shapes and FLOPs depend on n. */
const shownSample = ({ samples }: Op): Sample | undefined =>
  samples.find(({ shapes, attrs }) => [...Object.values(shapes), attrs?.dims ?? []].flat().includes("n")) ?? samples[0];

/** What the op declares, but for what only repeats the type; each with a value that a sample has there. */
function attributesOf({ samples, attributes = {} }: Op): string[] {
  return Object.entries(attributes)
    .filter(([name]) => !repeatsType(attributes, name))
    .map(([name, { expected }]) => {
      const value = samples.map(({ attrs }) => attrs?.[name]).find((one) => one !== undefined);
      return `\`${name}\`, ${expected}${value === undefined ? "" : ` (${JSON.stringify(value)})`}`;
    });
}

const flopsAt = (op: Op, sample: Sample): string => {
  const node = sampleNode(op, sample);
  const types = byName(
    op,
    node.inputs.map(({ type }) => type),
  );
  const inputs = op.inputs.map((name, i) => `${name}: ${printType(node.inputs[i]!.type)}`);
  const where = inputs.length > 0 ? inputs.join(", ") : printType(node.type);
  return `${op.flops(types, node.type, rows, node.attrs).toLocaleString("en-US")} for ${where}`;
};

/** y, and the cotangents that the record's rule gives for it. */
function adjointGraph(op: Op, sample: Sample): Graph {
  const y = sampleNode(op, sample);
  if (op.adjoint === "none") return graph(op, y.inputs, [{ name: "y", node: y }]);
  // Adjoints that are ops have an input dy of their own.
  const dy = input(op.inputs.includes("dy") ? "cotangent" : "dy", y.type);
  const partials = op.adjoint(dy, byName(op, y.inputs), y, hasNoBody);
  const cotangents = op.inputs.flatMap((name) => {
    const node = partials[name];
    return node ? [{ name: `d${name}`, node }] : [];
  });
  return graph(op, [...y.inputs, dy], [{ name: "y", node: y }, ...cotangents]);
}

/** No op of the table has one. */
const hasNoBody = (): never => {
  throw internalError("an op of the table has a body to differentiate");
};

const graph = ({ name }: Op, inputs: readonly Node[], outputs: Graph["outputs"]): Graph => ({
  name,
  inputs,
  states: [],
  outputs,
  updates: [],
});

/** The op on leaves of the sample's shapes. */
function sampleNode(op: Op, sample: Sample): Node {
  const attrs = { ...sample.attrs, ...(repeatsType(op.attributes, "dtype") ? { dtype: "f32" } : {}) };
  const dtypes = dtypesOf(op, sample.shapes, attrs);
  return apply(op, leaves(op, sample.shapes, dtypes), attrs, { origin: result });
}

/** Lets the printer call the node y. */
const result: Origin = {
  binding: "y",
  span: { file: "ops.md", line: 1, column: 1, start: 0, end: 0 },
  outer: undefined,
};

const leaves = (op: Op, shapes: Sample["shapes"], dtypes: readonly DType[]): Node[] =>
  op.inputs.map((name, i) => input(name, { dtype: dtypes[i]!, dims: shapes[name] as Dims }));

/** Which inputs are masks or labels, a record does not list: the first element types that its shape rule takes. */
function dtypesOf(op: Op, shapes: Sample["shapes"], attrs: Sample["attrs"] = {}): readonly DType[] {
  for (const dtypes of choices(op.inputs.length)) {
    try {
      apply(op, leaves(op, shapes, dtypes), attrs);
      return dtypes;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
    }
  }
  throw internalError(`${op.name} refuses its own sample ${JSON.stringify(shapes)}`);
}

/** Every list of so many element types, floats first. */
const choices = (count: number): DType[][] =>
  count === 0
    ? [[]]
    : choices(count - 1).flatMap((head) => (["f32", "bool", "i32"] as const).map((last) => [...head, last]));

/** "x [2,3], axes=[2]: `attribute/range`, sum: axes is out of range" */
function refusal(op: Op, { shapes, attrs = {}, code }: Reject): string {
  const sample = op.samples[0]!;
  const use = [
    ...op.inputs.map((name) => `${name} ${printDims(shapes[name]!)}`),
    ...Object.entries(attrs).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ].join(", ");
  try {
    apply(op, leaves(op, shapes, dtypesOf(op, sample.shapes, sample.attrs)), attrs);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const [{ code: given, message }] = error.diagnostics as [Diagnostic];
    return `${use}: \`${given}\`, ${message}`;
  }
  throw internalError(`${op.name} takes ${use}, which its record says it refuses with ${code}`);
}
