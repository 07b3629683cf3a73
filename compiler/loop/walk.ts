/**
 * Walks over the expressions of a kernel, and rebuilds them.
 *
 *   subexpressions(add(x[i0], exp(x[i0])))   ->   the sum, x[i0] and exp(x[i0]), each once
 */
import { type Affine, componentOf, type Expr, mapIndex, partsOfIndex } from "./kernel.ts";

/** Of the loads as of the numbers made from indices; the affine parts alone. */
export function indicesIn(expr: Expr): Affine[] {
  return subexpressions(expr).flatMap((e) =>
    e.kind === "load" || e.kind === "index" || e.kind === "uniform" ? partsOfIndex(e.index) : [],
  );
}

/** Each distinct expression in one, itself included, once. */
export function subexpressions(expr: Expr): Expr[] {
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const inner of partsOf(e)) visit(inner);
  };
  visit(expr);
  return [...seen];
}

/** The expressions that one is made of. */
export const partsOf = (expr: Expr): readonly Expr[] => {
  switch (expr.kind) {
    case "op":
      return expr.args;
    case "where":
      return [expr.body, expr.otherwise];
    case "reduce":
      return [expr.body, ...(expr.more ?? []).map(({ body }) => body)];
    case "tuple":
      return expr.parts;
    case "component":
      return [expr.of];
    default:
      return [];
  }
};

/**
 * A function that rebuilds expressions bottom-up; what is shared by identity stays shared, across calls too. `change` gets
 * the expression with its arguments rebuilt, and as it was.
 */
export function rewriter(change: (expr: Expr, before: Expr) => Expr): (expr: Expr) => Expr {
  const memo = new Map<Expr, Expr>();
  const visit = (expr: Expr): Expr => {
    const known = memo.get(expr);
    if (known) return known;
    let inner = expr;
    if (expr.kind === "op") inner = { ...expr, args: expr.args.map(visit) };
    if (expr.kind === "where") inner = { ...expr, body: visit(expr.body), otherwise: visit(expr.otherwise) };
    if (expr.kind === "reduce") {
      const more = expr.more?.map((part) => ({ ...part, body: visit(part.body) }));
      inner = { ...expr, body: visit(expr.body), ...(more && { more }) };
    }
    if (expr.kind === "tuple") inner = { ...expr, parts: expr.parts.map(visit) };
    if (expr.kind === "component") inner = componentOf(visit(expr.of), expr.at);
    const result = change(inner, expr);
    memo.set(expr, result);
    return result;
  };
  return visit;
}

/** Changes the affine parts of every index. */
export const indexRewriter = (change: (index: Affine) => Affine): ((expr: Expr) => Expr) =>
  rewriter((e) =>
    e.kind === "load" || e.kind === "index" || e.kind === "uniform" || e.kind === "where"
      ? { ...e, index: mapIndex(e.index, change) }
      : e,
  );
