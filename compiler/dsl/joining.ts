/** Functions that join and cut examples: concat, slice, pad. */
import { badAttribute } from "../diagnostics.ts";
import * as ops from "../ops/index.ts";
import { axisOf, noSuchAxis } from "./axes.ts";
import { operate } from "./operate.ts";
import { callOf, requireFinite } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { asValue, hasRows, nodeOf, refuse, type Tensor } from "./tensor.ts";

/** A shape of as many axes, whose extents are known when the model is built. */
type Ranked<D extends Shape> = { [Axis in keyof D]: number };

/**
 * Tensors one after the other along an axis, the last unless said: features beside features. What has no rows is the same in
 * each. Shapes: [..., A, ...], [..., B, ...] ... -> [..., A + B + ..., ...].
 * Throws shape/differ where they differ along another axis, attribute/range for an axis that an example does not have.
 */
export function concat<D extends Shape>(
  parts: readonly [Tensor<D, boolean>, ...Tensor<Shape, boolean>[]],
  axis = -1,
): Tensor<Ranked<D>> {
  const call = callOf("concat");
  if (!Array.isArray(parts) || parts.length === 0)
    return asValue(refuse(badAttribute(call, "parts", "a list of tensors", parts)));
  const nodes = parts.map((part) => nodeOf(part, "concat"));
  const refused = nodes.find((node) => node.poisoned);
  if (refused) return asValue(refused);
  const rows = nodes.some(hasRows);
  const whole = nodes.map((node) => (rows && !hasRows(node) ? ops.broadcast(node, ["n", ...node.type.dims]) : node));
  const own = axisOf(whole[0]!, axis);
  if (own === undefined) return asValue(refuse(noSuchAxis(call, whole[0]!, axis)));
  return asValue(whole.reduce((a, b) => ops.concat(a, b, own)));
}

/** The elements from `from` up to, but without, `to` along one axis; negative places count from the back. */
export function slice<D extends Shape, R extends boolean>(
  x: Tensor<D, R>,
  axis: number,
  from: number,
  to?: number,
): Tensor<Ranked<D>, R> {
  const call = callOf("slice");
  return operate("slice", x, (node) => {
    const own = axisOf(node, axis);
    if (own === undefined) return refuse(noSuchAxis(call, node, axis));
    const extent = node.type.dims[own] as number;
    const [start, end] = [from, to ?? extent].map((place) => (place < 0 ? place + extent : place)) as [number, number];
    const isInside = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= extent;
    if (!isInside) return refuse(badAttribute(call, "from, to", `a part of the ${extent} places`, `${from}, ${to}`));
    const whole = node.type.dims.map(() => 0);
    return ops.slice(node, node.type.dims.with(own, end - start), whole.with(own, start));
  });
}

/** x with `before` and `after` more places at the ends of one axis, which hold `value`: 0 unless said. */
export function pad<D extends Shape, R extends boolean>(
  x: Tensor<D, R>,
  axis: number,
  before: number,
  after: number,
  value = 0,
): Tensor<Ranked<D>, R> {
  const call = callOf("pad");
  requireFinite(call, "value", value);
  return operate("pad", x, (node) => {
    const own = axisOf(node, axis);
    if (own === undefined) return refuse(noSuchAxis(call, node, axis));
    const isCount = (places: unknown): boolean => Number.isSafeInteger(places) && (places as number) >= 0;
    if (!isCount(before) || !isCount(after))
      return refuse(badAttribute(call, "before, after", "integers, 0 or above", `${before}, ${after}`));
    const dims = node.type.dims.with(own, (node.type.dims[own] as number) + before + after);
    const none = node.type.dims.map(() => 0);
    return ops.pad(node, dims, none.with(own, before), undefined, value);
  });
}
