/**
 * Inputs that are one of several kinds: a colour, a weekday, a word.
 *
 *   inputs: { size: [3], colour: classes(4), words: classes(5000, [12]) }
 *   add(dense(size, 8), dense(oneHot(colour), 8))      colour 2 -> [0, 0, 1, 0]: a row of weights of its own for each colour
 *   embedding(words, 16)                               the rows of a table [5000, 16] that the words name: [12, 16]
 */
import { badAttribute, fewRows, wrongDType } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import type { Regularizer } from "./build.ts";
import { currentBuild } from "./build.ts";
import { type Initializer, normal } from "./initializers.ts";
import { initializer, type LearningOptions, learning, name, regularizer } from "./learning.ts";
import { operate, operateInForward } from "./operate.ts";
import { type Declared, settle } from "./options.ts";
import { declareParameter, layerNames } from "./parameters.ts";
import { callOf, isPositiveInteger } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { type Labels, nodeOf, refuse, type Tensor } from "./tensor.ts";

/** Of how many classes labels are; a refused node for what is none. */
function classesOf(call: string, labels: Node): number | Node {
  const classes = currentBuild()?.classes.get(labels);
  return classes ?? refuse(wrongDType({ ...callOf(call), inputs: [labels] }, 0, "labels of classes(K)", labels.type));
}

/**
 * y[..., k] = 1 where k is the label, else 0. No gradient flows into labels.
 * Throws type/dtype where it is given other than an input or target of classes. Shapes: labels of classes(K) -> y [K], of
 * classes(K, D) -> y [...D, K].
 */
export const oneHot = <K extends number, D extends Shape>(labels: Labels<K, D>): Tensor<[...D, K]> =>
  operate("oneHot", labels, (node) => {
    const classes = classesOf("oneHot", node);
    return typeof classes === "number" ? ops.oneHot(node, classes, currentBuild()!.dtype) : classes;
  });

/**
 * Labels as numbers: of a class that says how many, or how far along. Rounded once, in f32 from 2^24 on. No gradient flows into labels.
 * Throws type/dtype where it is given other than labels. Shapes: labels of classes(K, D) -> y [...D].
 */
export const cast = <K extends number, D extends Shape>(labels: Labels<K, D>): Tensor<D> =>
  operate("cast", labels, (node) => {
    const classes = classesOf("cast", node);
    return typeof classes === "number" ? ops.cast(node, currentBuild()!.dtype) : classes;
  });

/**
 * The rows of a table that labels name: y[..., d] = table[label[...], d]. The gradient of the table adds up, in the order of the
 * rows of a batch, what flows to each of its rows. With one table for several inputs, these share it.
 * Throws type/dtype for other than labels, shape/classes for a table with fewer rows than there are classes. Shapes: table
 * [K, ...T] without rows, labels of classes(K, D) -> y [...D, ...T].
 */
export const gather = <K extends number, D extends Shape, T extends Shape>(
  table: Tensor<readonly [number, ...T], false>,
  labels: Labels<K, D>,
): Tensor<[...D, ...T]> =>
  operate("gather", labels, (node) => {
    const of = nodeOf(table, "gather");
    const classes = classesOf("gather", node);
    if (typeof classes !== "number") return classes;
    const [rows] = of.type.dims;
    const lacksRows = !of.poisoned && typeof rows === "number" && rows < classes;
    if (lacksRows) return refuse(fewRows({ ...callOf("gather"), inputs: [of, node] }, of, node, classes));
    return ops.gather(of, node);
  });

export interface EmbeddingOptions extends LearningOptions {
  /** How the table starts; normal(1) unless said. */
  readonly weight?: Initializer;
  /** The table's regulariser, in place of the model's; false for none. */
  readonly regularize?: Regularizer | false;
  /** The layer's name, in place of the one from the binding. */
  readonly name?: string;
}

const embeddingOptions = {
  weight: initializer.or(normal(1)),
  regularize: regularizer,
  ...learning,
  name,
} satisfies Declared<EmbeddingOptions>;

/**
 * A vector of so many units for each class, learned: y = the rows of a table that labels name. It is dense(oneHot(labels), units)
 * without a bias, but reads a row where that multiplies all of them. Each step updates the whole table.
 * Shapes: labels of classes(K) -> y [units], of classes(K, D) -> y [...D, units]; the table is [K, units].
 * Parameters: <binding>.weight; embedding1, embedding2... without a binding.
 * Throws type/dtype where it is given other than labels, attribute/range where units is not an integer above 0.
 */
export function embedding<K extends number, D extends Shape, U extends number>(
  labels: Labels<K, D>,
  units: U,
  options: EmbeddingOptions = {},
): Tensor<[...D, U]> {
  const call = callOf("embedding");
  const { weight, name: given, ...declared } = settle(call, embeddingOptions, options);
  return operateInForward(call, labels, (node, build) => {
    const classes = classesOf("embedding", node);
    if (typeof classes !== "number") return classes;
    if (!isPositiveInteger(units)) return refuse(badAttribute(call, "units", "an integer above 0", units));
    const own = layerNames(build, "embedding", given)("weight");
    return ops.gather(declareParameter(build, own, [classes, units], weight, { ...declared, role: "weight" }), node);
  });
}
