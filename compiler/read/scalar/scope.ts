/** What is known while a scalar function is read: the values of its names and the functions that are being inlined. */
import type { ArrowFunction, FunctionDeclaration, FunctionExpression, Identifier, Node } from "ts-morph";
import type { Span } from "../../graph/origin.ts";
import type { Sources } from "../source.ts";
import { Syntax } from "../syntax.ts";
import { declarationOf } from "./declaration.ts";
import type { SourceNode } from "./errors.ts";
import type { ScalarExpr } from "./scalar.ts";

export type FunctionSource = ArrowFunction | FunctionExpression | FunctionDeclaration;

export interface Scope {
  /** The files that names may lead to; none where a function's own text is all there is. */
  readonly sources: Sources | undefined;
  spanOf(node: Node): Span | undefined;
  /** By declaration, not by name: each inlined function sees its own names. */
  readonly values: ReadonlyMap<Node, ScalarExpr>;
  /** The declarations that are being read, outermost first: meeting one again is recursion. */
  readonly reading: readonly Node[];
}

export const placeOf = (node: Node, scope: Scope): SourceNode => ({ node, span: scope.spanOf(node) });

export const withValues = (scope: Scope, values: Iterable<readonly [Node, ScalarExpr]>): Scope => ({
  ...scope,
  values: new Map([...scope.values, ...values]),
});

export const declared = (name: Identifier, scope: Scope): Node | undefined => declarationOf(name, scope.sources);

/** The expression without what only the type checker sees. */
export function unwrap(node: Node): Node {
  const wrapped =
    Syntax.isParenthesizedExpression(node) ||
    Syntax.isAsExpression(node) ||
    Syntax.isSatisfiesExpression(node) ||
    Syntax.isNonNullExpression(node) ||
    Syntax.isTypeAssertion(node);
  return wrapped ? unwrap(node.getExpression()) : node;
}

/** The function that an expression or a declaration stands for, if its source says so. */
export function functionOf(node: Node | undefined, scope: Pick<Scope, "sources">): FunctionSource | undefined {
  const inner = node && unwrap(node);
  if (Syntax.isArrowFunction(inner) || Syntax.isFunctionExpression(inner)) return ordinary(inner);
  if (Syntax.isFunctionDeclaration(inner)) return ordinary(inner);
  if (Syntax.isVariableDeclaration(inner))
    return isConst(inner) ? functionOf(inner.getInitializer(), scope) : undefined;
  if (Syntax.isIdentifier(inner)) return functionOf(declarationOf(inner, scope.sources), scope);
  return undefined;
}

/** Neither a generator nor async, and with a body. */
function ordinary(fn: FunctionSource): FunctionSource | undefined {
  const isGenerator = !Syntax.isArrowFunction(fn) && fn.isGenerator();
  return isGenerator || fn.isAsync() || fn.getBody() === undefined ? undefined : fn;
}

/** Whether a variable is declared by `const`. */
export function isConst(variable: Node): boolean {
  const list = variable.getParent();
  return Syntax.isVariableDeclarationList(list) && list.getDeclarationKind() === "const";
}
