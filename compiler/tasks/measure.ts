/**
 * Measures on the training rows what standardize and minMax want to know, before the first step.
 *
 *   measure({ kind: "standardize", input: "x", ... }, rows)   ->   { shift: means, scale: 1 / deviations }
 */
import type { Net } from "../../runtime/index.ts";
import { spreadOf } from "../../runtime/spread.ts";
import type { Measurement } from "../dsl/build.ts";
import { elementCount } from "../graph/types.ts";
import type { Program } from "../program/program.ts";
import { UserError } from "./errors.ts";
import type { TrainingData } from "./training-data.ts";

/**
 * Sets the states of every preparation in the model. Throws a UserError where the module's element type cannot hold what
 * there is to know.
 */
export function measureInputs(
  net: Net,
  program: Program,
  { train, columns }: Pick<TrainingData, "train" | "columns">,
): void {
  for (const { kind, input, ...states } of program.measurements) {
    const { dims } = program.inputs.find(({ name }) => name === input)!;
    const size = elementCount(dims, 1);
    const values = train.inputs[input]!;
    const { shift, scale } = measure(kind, values, size);
    const places = { call: `${kind}(${input})`, columns: columns[input], values, size };
    if (program.dtype === "f32") for (let k = 0; k < size; k++) requireDigits(places, k, 1 / scale[k]!);
    net.parameters[states.shift] = shift;
    net.parameters[states.scale] = scale;
  }
}

interface Places {
  readonly call: string;
  readonly columns: readonly string[] | undefined;
  readonly values: ArrayLike<number>;
  readonly size: number;
}

/**
 * Values far from 0 and close together differ in digits that f32 does not have, and they are cut to it before the module can
 * subtract anything. `width`: what they are divided by.
 */
function requireDigits({ call, columns, values, size }: Places, k: number, width: number): void {
  let worst = k;
  for (let i = k; i < values.length; i += size) if (lost(values[i]!) > lost(values[worst]!)) worst = i;
  const fits = Math.fround(1 / width) >= smallestNormal && Number.isFinite(Math.fround(1 / width));
  if (fits && lost(values[worst]!) <= width * mostLost) return;
  // Of a column that never varies, shift and values are cut alike.
  if (spreadOf(values, size, k).range === 0) return;
  const of = columns?.[k] === undefined ? `element ${k}` : `column ${JSON.stringify(columns[k])}`;
  throw new UserError(
    `${call}: f32 has not the digits of ${of}\n` +
      `    expected  values that f32 moves by at most ${mostLost} of what they are divided by, ${width.toPrecision(3)}\n` +
      `    got       ${values[worst]}, which is ${Math.fround(values[worst]!)} in f32\n` +
      "  Subtract a fixed number in the data wherever the model is used, or train and build with dtype f64 (--dtype f64).",
  );
}

const lost = (value: number): number => Math.abs(Math.fround(value) - value);

/** A hundredth of a deviation is noise that no network feels. */
const mostLost = 0.01;

const smallestNormal = 2 ** -126;

/** One shift and one scale for each of the `size` elements of a row, in float64. */
export function measure(kind: Measurement["kind"], values: ArrayLike<number>, size: number) {
  const columns = Array.from({ length: size }, (_, k) => spreadOf(values, size, k));
  const widths = columns.map(({ deviation, range }) => (kind === "standardize" ? deviation : range));
  return {
    shift: Float64Array.from(columns, ({ mean, least }) => (kind === "standardize" ? mean : least)),
    // What never varies keeps its size.
    scale: Float64Array.from(widths, (width) => (width > 0 ? 1 / width : 1)),
  };
}
