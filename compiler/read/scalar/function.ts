/**
 * From a function of TypeScript to a scalar function: its statements are followed along every path to a return, and the
 * functions that it calls are read in their place.
 *
 *   (x: number) => { const e = Math.exp(-x); if (x > 0) return e; return -x * e; }
 *   select(gt(x, 0), e, mul(neg(x), e))   with one e
 */
import type { Block, Node, VariableStatement } from "ts-morph";
import { Syntax } from "../syntax.ts";
import * as errors from "./errors.ts";
import { expressionReader, type Inline } from "./expression.ts";
import { choose, isMask, parameter, type ScalarExpr, type ScalarFunction } from "./scalar.ts";
import { type FunctionSource, functionOf, isConst, placeOf, type Scope, withValues } from "./scope.ts";

/** Reads a function whose parameters are the variables. Throws a CompileError at what is no formula. */
export function readFunction(
  fn: FunctionSource,
  name: string,
  outer: Pick<Scope, "sources" | "spanOf">,
): ScalarFunction {
  const scope: Scope = { ...outer, values: new Map(), reading: [] };
  const parameters = parameterNames(fn, scope);
  if (parameters.length === 0) throw errors.wrongCount(placeOf(fn, scope), "the formula", "1 or more parameters", 0);
  const body = inline(
    fn,
    parameters.map((_, index) => parameter(index)),
    fn,
    scope,
  );
  if (isMask(body)) throw errors.numberExpected(placeOf(fn.getBody()!, scope));
  return { name, parameters, body };
}

function parameterNames(fn: FunctionSource, scope: Scope): string[] {
  return fn.getParameters().map((one) => {
    const isPlain = Syntax.isIdentifier(one.getNameNode()) && !one.hasInitializer() && !one.isRestParameter();
    if (!isPlain) throw errors.wrongParameter(placeOf(one, scope));
    return one.getName();
  });
}

const inline: Inline = (fn, args, call, scope) => {
  const name = nameOf(fn);
  if (scope.reading.includes(fn)) throw errors.recursion(placeOf(call, scope), name);
  const names = parameterNames(fn, scope);
  if (names.length !== args.length) {
    throw errors.wrongCount(placeOf(call, scope), name, `${names.length}: (${names.join(", ")})`, args.length);
  }
  const parameters = fn.getParameters();
  const inner = withValues(
    { ...scope, reading: [...scope.reading, fn] },
    args.map((arg, index) => [parameters[index]!, arg] as const),
  );
  const body = fn.getBody()!;
  if (!Syntax.isBlock(body)) return read(body, inner);
  return readStatements(statementsOf(body), inner, () => {
    throw errors.missingReturn(placeOf(fn, scope));
  });
};

/** A function's own name, or that of the constant it is given to. */
function nameOf(fn: FunctionSource): string {
  const own = Syntax.isArrowFunction(fn) ? undefined : fn.getName();
  const parent = fn.getParent();
  return own ?? (Syntax.isVariableDeclaration(parent) ? parent.getName() : "the function");
}

const { read, readCondition } = expressionReader(inline);

const statementsOf = (block: Block): Node[] => block.getStatements();

/** The value that is returned by the statements or, where they run to their end, by `next`. */
function readStatements(statements: readonly Node[], scope: Scope, next: () => ScalarExpr): ScalarExpr {
  const [first, ...rest] = statements;
  if (first === undefined) return next();
  const after = (inner: Scope = scope): ScalarExpr => readStatements(rest, inner, next);
  if (Syntax.isVariableStatement(first)) return after(declareConstants(first, scope));
  if (Syntax.isBlock(first)) return readStatements(statementsOf(first), scope, after);
  if (Syntax.isReturnStatement(first)) {
    const value = first.getExpression();
    if (!value) throw errors.missingReturn(placeOf(first, scope));
    return read(value, scope);
  }
  if (Syntax.isIfStatement(first)) {
    const mask = readCondition(first.getExpression(), scope);
    const branch = (statement: Node | undefined) => {
      const value = readStatements(statement ? [statement] : [], scope, after);
      if (isMask(value)) throw errors.numberExpected(placeOf(first, scope));
      return value;
    };
    return choose(mask, branch(first.getThenStatement()), branch(first.getElseStatement()));
  }
  // A function declared inside is read where it is called.
  if (Syntax.isFunctionDeclaration(first) || Syntax.isEmptyStatement(first)) return after();
  throw errors.unreadableStatement(placeOf(first, scope));
}

function declareConstants(statement: VariableStatement, scope: Scope): Scope {
  return statement.getDeclarations().reduce((known, variable) => {
    const initializer = variable.getInitializer();
    const isPlain = isConst(variable) && Syntax.isIdentifier(variable.getNameNode()) && initializer;
    if (!isPlain) throw errors.unreadableStatement(placeOf(statement, scope));
    if (functionOf(initializer, scope)) return known;
    return withValues(known, [[variable, read(initializer, known)]]);
  }, scope);
}
