/**
 * From values of the model file to nodes and back: the common part of every function of the DSL.
 *
 *   mul(x: [3], w: [4, 3])    x is f32[n,3]: it becomes f32[n,1,3] so that it meets w per example, giving [4, 3]
 */
import { notATensor, outsideForward, rank } from "../diagnostics.ts";
import { type Node, onInputs } from "../graph/node.ts";
import type { FloatType } from "../graph/types.ts";
import type { Operand } from "../ops/elementwise.ts";
import { reshape } from "../ops/view.ts";
import { type Build, currentBuild } from "./build.ts";
import { type Call, callOf, requireNumbersHeld } from "./settings.ts";
import { asValue, exampleDims, hasRows, nodeOf, refuse } from "./tensor.ts";

/**
 * Applies `body` to the node behind a value; after an error the value is passed on untouched. V is what the caller's
 * signature promises; `never` where each overload promises something else.
 */
export function operate<V>(call: string, value: unknown, body: (node: Node) => Node): V {
  const node = nodeOf(value, call);
  return asValue(node.poisoned ? node : body(node));
}

/** The same for a layer: it makes parameters, draws or states, and so is called inside forward. */
export const operateInForward = <V>(call: Call, value: unknown, body: (node: Node, build: Build) => Node): V =>
  operate(call.op, value, (node) => {
    const build = currentBuild();
    return build === undefined ? refuse(outsideForward(call)) : body(node, build);
  });

/** Applies an elementwise `body` to values and numbers, broadcast per example. */
export function operateBroadcast<V>(call: string, values: readonly unknown[], body: (...nodes: Operand[]) => Node): V {
  const operands = values.map((value) => (typeof value === "number" ? value : nodeOf(value, call)));
  const nodes = operands.filter((operand) => typeof operand !== "number");
  const refused = nodes.find((node) => node.poisoned);
  if (refused) return asValue(refused);
  // A number takes its type from its neighbours, so that one of them must be a tensor of floats.
  if (!nodes.some((node) => node.type.dtype !== "bool")) {
    return asValue(
      refuse(
        notATensor(
          callOf(call),
          values.find((value) => typeof value === "number"),
        ),
      ),
    );
  }
  const { dtype } = nodes.find((node) => node.type.dtype !== "bool")!.type;
  requireNumbersHeld(
    call,
    operands.filter((operand) => typeof operand === "number"),
    dtype as FloatType,
  );
  return asValue(body(...alignRows(operands)));
}

/** Gives operands with rows the axes they lack after the rows, so that broadcasting never confuses rows with an axis. */
function alignRows(operands: readonly Operand[]): Operand[] {
  const axes = Math.max(...operands.map((operand) => (typeof operand === "number" ? 0 : exampleDims(operand).length)));
  return operands.map((operand) => (typeof operand === "number" ? operand : withAxes(operand, axes)));
}

/** A mask is never in memory: what it compares gets the axes. */
function withAxes(node: Node, axes: number): Node {
  const dims = exampleDims(node);
  if (!hasRows(node) || dims.length === axes) return node;
  if (node.type.dtype === "bool") {
    return onInputs(
      node,
      node.inputs.map((input) => withAxes(input, axes)),
    );
  }
  return reshape(node, ["n", ...new Array<number>(axes - dims.length).fill(1), ...dims]);
}

/** Refuses a node that is not one vector a row; undefined where it is one. */
export function refuseUnlessVector(call: string, x: Node): Node | undefined {
  if (hasRows(x) && x.type.dims.length === 2) return undefined;
  return refuse(rank({ ...callOf(call), inputs: [x] }, 0, "x: [n, K], one vector a row", x.type));
}
