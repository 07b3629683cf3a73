/**
 * Folds what follows a product column by column into its weight and bias, for inference, where both are known: batch
 * normalisation disappears, behind a dense layer and a convolution alike. Real algebra: results move by rounding (1e-6 of the
 * largest, in f32).
 *
 *   add (mul (sub (add (matmul x w) b) m) s) t    ->    add (matmul x (mul w s)) (add (mul (sub b m) s) t)
 */
import { type Graph, nodesOf, usersOf } from "../graph/graph.ts";
import { apply, inPlaceOf, type Node, onInputs } from "../graph/node.ts";
import { pureAxis } from "../ops/contraction/maps.ts";
import { add, mapsOf, mul, neg, scalar, sub } from "../ops/index.ts";

/** product * scale + shift; scale and shift are one number, or one for each column. */
interface Scaled {
  readonly product: Node;
  readonly scale: Node | undefined;
  readonly shift: Node | undefined;
}

export function foldColumns(graph: Graph, frozen: ReadonlySet<Node>): Graph {
  const nodes = nodesOf(graph);
  const users = usersOf(nodes);
  const outputs = new Set(graph.outputs.map(({ node }) => node));
  const alone = (node: Node): boolean => users.get(node)!.length === 1 && !outputs.has(node);
  const forms = new Map<Node, Scaled>();
  for (const node of nodes) {
    const form = scaledForm(node, forms, frozen, alone);
    if (form) forms.set(node, form);
  }
  const whole = (node: Node): boolean => !alone(node) || !forms.has(users.get(node)![0]!);
  const now = new Map<Node, Node>();
  for (const node of nodes) {
    const form = whole(node) ? forms.get(node) : undefined;
    now.set(
      node,
      form?.scale
        ? inPlaceOf(node, () => folded(form, form.scale!, now))
        : onInputs(
            node,
            node.inputs.map((input) => now.get(input)!),
          ),
    );
  }
  return { ...graph, outputs: graph.outputs.map(({ name, node }) => ({ name, node: now.get(node)! })) };
}

function folded({ product, shift }: Scaled, scale: Node, now: ReadonlyMap<Node, Node>): Node {
  const [x, w] = product.inputs as [Node, Node];
  const scaled = apply(product.op, [now.get(x)!, mul(w, scale)], product.attrs);
  return shift ? add(scaled, shift) : scaled;
}

function scaledForm(
  node: Node,
  forms: ReadonlyMap<Node, Scaled>,
  frozen: ReadonlySet<Node>,
  alone: (node: Node) => boolean,
): Scaled | undefined {
  const [a, b] = node.inputs as [Node, Node];
  if (node.op.kind === "contraction" && frozen.has(b) && !frozen.has(a)) {
    if (!hasColumnsOf(node)) return undefined;
    return { product: node, scale: undefined, shift: undefined };
  }
  if (!["add", "sub", "mul"].includes(node.op.name)) return undefined;
  const [value, column] = frozen.has(a) ? [b, a] : [a, b];
  const form = forms.get(value);
  if (!form || !frozen.has(column) || !alone(value) || !perColumn(column, form.product)) return undefined;
  const { product, scale, shift } = form;
  switch (node.op.name) {
    case "mul":
      return { product, scale: scale ? mul(scale, column) : column, shift: shift && mul(shift, column) };
    case "add":
      return { product, scale, shift: shift ? add(shift, column) : column };
    default: {
      if (value === a) return { product, scale, shift: shift ? sub(shift, column) : neg(column) };
      const flipped = scale ? neg(scale) : scalar(-1, node.type.dtype);
      return { product, scale: flipped, shift: shift ? sub(column, shift) : column };
    }
  }
}

/** Whether the last axis of a product is that of its right operand, so that a column of the one is a column of the other. */
function hasColumnsOf(product: Node): boolean {
  const { b, y } = mapsOf(product);
  const column = pureAxis(y.at(-1)!);
  return column !== undefined && b.length > 0 && pureAxis(b.at(-1)!) === column;
}

function perColumn(column: Node, product: Node): boolean {
  const { dims } = column.type;
  return dims.length === 0 || (dims.length === 1 && (dims[0] === 1 || dims[0] === product.type.dims.at(-1)));
}
