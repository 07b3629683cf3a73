/**
 * Piecewise linear stand-ins for sigmoid and silu, without an exponential.
 *
 * The convention is that of Howard et al. 2019, PyTorch and Keras 3: slope 1/6, from -3 to 3. (Keras 1 and 2 and
 * TensorFlow had clip(0.2 x + 0.5, 0, 1), from -2.5 to 2.5.)
 */
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import type { Unary } from "../math.ts";
import { operate } from "../operate.ts";
import { asProbabilities } from "./probabilities.ts";

/** min(max(x + 3, 0), 6) / 6: 0 up to -3, 1 from 3 on; the derivative at both is 0. Howard et al. 2019. */
export const hardSigmoid: Unary = (x) =>
  operate("hardSigmoid", x, (node) => asProbabilities("hardSigmoid", ramp(node)));

/** x hardSigmoid(x): 0 up to -3, x from 3 on. Howard et al. 2019, "Searching for MobileNetV3". */
export const hardSwish: Unary = (x) => operate("hardSwish", x, (node) => ops.mul(node, ramp(node)));

/** The 6 stands first, as a tie gives the cotangent to the first: so that the derivative is 0 at 3 as it is at -3. */
const ramp = (x: Node): Node => ops.div(ops.minimum(6, ops.relu(ops.add(x, 3))), 6);
