/**
 * The symbolic partial derivatives of a scalar function, in every argument, by the same adjoint rules as the graph's.
 *
 *   derivatives(x * x * b)    { x: "x * b + ...", b: "x * x" }    tidier when simplified
 */
import { gradients } from "../../adjoint/build.ts";
import { type Graph, mapNodes } from "../../graph/graph.ts";
import { type Node, onInputs } from "../../graph/node.ts";
import { scalar as constant } from "../../ops/elementwise.ts";
import { input } from "../../ops/leaf.ts";
import { printInfix } from "./infix.ts";
import { nodesOf } from "./nodes.ts";
import type { ScalarFunction } from "./scalar.ts";

/** A pass that keeps the values of a graph, such as the compiler's simplification. */
export type Simplify = (graph: Graph) => Graph;

/** A graph with the function's parameters as inputs f64[], and as outputs its value `y` and a derivative a parameter. */
export function derivativeGraph({ name, parameters, body }: ScalarFunction): Graph {
  const inputs = parameters.map((parameter) => input(parameter, { dtype: "f64", dims: [] }));
  const y = nodesOf(body, inputs, "f64");
  const outputs = gradients(y, inputs).map((gradient, index) => ({
    name: `d/d${parameters[index]}`,
    node: gradient ?? constant(0, "f64"),
  }));
  return withoutStops({ name, inputs, states: [], outputs: [{ name: "y", node: y }, ...outputs], updates: [] });
}

/** The partial derivative in each parameter as a formula. */
export function derivatives(fn: ScalarFunction, simplify: Simplify = (graph) => graph): Record<string, string> {
  const { outputs } = simplify(derivativeGraph(fn));
  return Object.fromEntries(fn.parameters.map((parameter, index) => [parameter, printInfix(outputs[index + 1]!.node)]));
}

/** Once the derivative is taken, stopGradient is the identity. */
const withoutStops = (graph: Graph): Graph =>
  mapNodes(graph, (node, inputs): Node => (node.op.name === "stopGradient" ? inputs[0]! : onInputs(node, inputs)));
