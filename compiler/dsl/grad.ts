/** Derivatives as values of the model file: the adjoint, built where forward or loss asks for it. */
import { gradients } from "../adjoint/build.ts";
import { independent } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { broadcast, phase, scalar } from "../ops/index.ts";
import { simplifyAdjoint } from "../simplify/index.ts";
import { specialize } from "../simplify/specialize.ts";
import { operate } from "./operate.ts";
import { callOf } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { nodeOf, refuse, type Tensor } from "./tensor.ts";

/**
 * d (sum of y's elements) / dx, of x's shape: where each row of y depends on its own row of x alone, the derivative of that
 * row. It is a value like any other: grad(grad(u, x), x) is the second derivative, and training differentiates through it.
 * x is an input, a parameter, or a value that y was computed from: that very value, not one computed again.
 * Throws grad/independent where y does not depend on x.
 * Source: Griewank and Walther, "Evaluating Derivatives", 2nd ed. 2008.
 */
export function grad<D extends Shape, R extends boolean>(y: Tensor<Shape, boolean>, x: Tensor<D, R>): Tensor<D, R> {
  return operate("grad", y, (of) => {
    const at = nodeOf(x, "grad");
    if (at.poisoned) return at;
    // No adjoint passes a phase node: what differs between training and inference is differentiated once for each.
    const [training, inference] = [specialize([of, at], "train"), specialize([of, at], "infer")] as [Pair, Pair];
    const train = derivative(...training);
    const infer = training.every((node, i) => node === inference[i]) ? train : derivative(...inference);
    return train && infer
      ? train === infer
        ? train
        : phase(train, infer)
      : refuse(independent(callOf("grad"), of, at));
  });
}

type Pair = [of: Node, at: Node];

function derivative(of: Node, at: Node): Node | undefined {
  const cotangents = gradients(of, [at], broadcast(scalar(1, of.type.dtype), of.type.dims));
  return simplifyAdjoint(cotangents, [of])[0];
}
