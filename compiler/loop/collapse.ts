/**
 * Merges neighbouring axes that every index walks through as one, so that rows of 10 become one run of n*10.
 *
 *   y[10*i0 + i1] = exp(x[10*i0 + i1])   [i0<n, i1<10]      ==>      y[i0] = exp(x[i0])   [i0<10*n]
 */
import {
  type Affine,
  type Axis,
  affine,
  type Expr,
  type Kernel,
  mapIndex,
  type Part,
  partsOfIndex,
  strideOf,
} from "./kernel.ts";
import { isLoneSum } from "./passes.ts";
import { indexRewriter, indicesIn, rewriter } from "./walk.ts";

export function collapseAxes(kernel: Kernel): Kernel {
  let result = kernel;
  for (let outer = kernel.axes.length - 2; outer >= 0; outer--) {
    const [a, b] = [result.axes[outer]!, result.axes[outer + 1]!];
    if (
      !canMerge(
        a,
        b,
        result.stores.flatMap((s) => [...partsOfIndex(s.index), ...indicesIn(s.value)]),
      )
    )
      continue;
    const axes = [...result.axes.slice(0, outer), merged(a, b), ...result.axes.slice(outer + 2)];
    const merge = (index: Affine): Affine => withoutInner(index, a, b);
    const rewrite = indexRewriter(merge);
    const stores = result.stores.map((s) => ({ ...s, index: mapIndex(s.index, merge), value: rewrite(s.value) }));
    result = { ...result, axes, stores };
  }
  const apart = isLoneSum(result, reductionIn(result));
  const collapse = rewriter((e) => collapseReduction(e, apart));
  return { ...result, stores: result.stores.map((s) => ({ ...s, value: collapse(s.value) })) };
}

const reductionIn = ({ stores }: Kernel) => {
  const value = stores[0]?.value;
  return value?.kind === "reduce" ? value : undefined;
};

/** `apart`: rows stay an axis of their own, along which a sum may go in passes. */
function collapseReduction(expr: Expr, apart: boolean): Expr {
  if (expr.kind !== "reduce") return expr;
  const more = expr.more?.map((part) => collapsePart(part, apart));
  return { ...expr, ...collapsePart(expr, apart), ...(more && { more }) };
}

function collapsePart(part: Part, apart: boolean): Part {
  let { axes, body } = part;
  for (let outer = axes.length - 2; outer >= 0; outer--) {
    const [a, b] = [axes[outer]!, axes[outer + 1]!];
    if ((apart && a.extent === "n") || !canMerge(a, b, indicesIn(body))) continue;
    axes = [...axes.slice(0, outer), merged(a, b), ...axes.slice(outer + 2)];
    body = indexRewriter((index) => withoutInner(index, a, b))(body);
  }
  return { axes, body };
}

/** The inner axis has a fixed extent, and each index steps over it exactly once per outer step (or uses neither). */
function canMerge(outer: Axis, inner: Axis, indices: readonly Affine[]): boolean {
  if (inner.extent === "n") return false;
  const size = inner.extent * inner.scale;
  return indices.every((index) => strideOf(index, outer.name) === strideOf(index, inner.name) * size);
}

const merged = (outer: Axis, inner: Axis): Axis => {
  const size = (inner.extent as number) * inner.scale;
  return outer.extent === "n"
    ? { name: outer.name, extent: "n", scale: outer.scale * size }
    : { name: outer.name, extent: outer.extent * outer.scale * size, scale: 1 };
};

/** The merged axis steps as the inner one did. */
function withoutInner(index: Affine, outer: Axis, inner: Axis): Affine {
  const stride = strideOf(index, inner.name);
  const rest = index.terms.filter((term) => term.axis !== outer.name && term.axis !== inner.name);
  return affine(index.base, stride === 0 ? rest : [...rest, { axis: outer.name, stride }]);
}
