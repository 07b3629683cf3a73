/**
 * The simplifier: a graph to a smaller one with the same values.
 *
 *   p = mul x 1; q = sub p (neg y)        ->        q = add x y
 *
 * For graphs that no adjoint will be taken of: stopGradient goes. Simplifying twice changes nothing more.
 */
import { mapBodies } from "../graph/body.ts";
import type { Graph } from "../graph/graph.ts";
import { scanOp } from "../ops/scan.ts";
import { exact } from "./exact.ts";
import { untilStable } from "./fixpoint.ts";
import { realAlgebra } from "./real-algebra.ts";
import { nothing } from "./rebuild.ts";

export { simplifyAdjoint } from "./adjoint.ts";

export interface SimplifyOptions {
  /** Real algebra too: rounding, overflow and NaN may change. */
  readonly realAlgebra?: boolean;
}

export const simplify = (graph: Graph, options: SimplifyOptions = {}): Graph =>
  mapBodies(
    untilStable(graph, options.realAlgebra ? realAlgebra : exact, nothing),
    (body) => simplify(body, options),
    (body) => scanOp(body),
  );
