/** The shift that keeps exponentials finite: e^(x - max x) is at most 1. */
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";

export const lastAxis = (x: Node): number => x.type.dims.length - 1;

/**
 * x minus its maximum along the last axis. A shift leaves softmax as it is, so the maximum is a constant to the
 * derivative.
 */
export const belowMaximum = (x: Node): Node => ops.sub(x, ops.stopGradient(ops.max(x, [lastAxis(x)], true)));
