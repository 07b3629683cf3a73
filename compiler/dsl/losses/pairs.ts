/** The common part of losses that compare two values element by element. */
import { shapesDiffer, wrongDType } from "../../diagnostics.ts";
import type { Node } from "../../graph/node.ts";
import { sameDims } from "../../graph/types.ts";
import { meanOfAll } from "../axes.ts";
import { currentBuild, type JudgedKind } from "../build.ts";
import { callOf } from "../settings.ts";
import { asValue, nodeOf, refuse, type Scalar } from "../tensor.ts";

/**
 * The mean of `each` over rows and elements. The shapes must be the same: [n,1] beside [n,10] would broadcast, and mean
 * something else than was meant. `kind` says what the metrics are.
 */
export function meanOverPairs(
  call: string,
  a: unknown,
  b: unknown,
  each: (x: Node, y: Node) => Node,
  kind: JudgedKind = "values",
): Scalar {
  const [x, y] = [nodeOf(a, call), nodeOf(b, call)];
  const refused = [x, y].find((node) => node.poisoned) ?? refuseUnlike(call, x, y);
  if (!refused) currentBuild()?.judged.push({ kind, output: x, target: y });
  return asValue(refused ?? meanOfAll(each(x, y)));
}

function refuseUnlike(call: string, x: Node, y: Node): Node | undefined {
  const at = { ...callOf(call), inputs: [x, y] };
  if (!sameDims(x.type.dims, y.type.dims)) return refuse(shapesDiffer(at, x, y));
  return x.type.dtype === y.type.dtype ? undefined : refuse(wrongDType(at, 1, x.type.dtype, y.type));
}
