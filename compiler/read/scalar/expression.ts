/**
 * From an expression of TypeScript to a scalar.
 *
 *   -beta * x          mul(neg(beta), x)
 *   x > 0 ? x : 0      select(gt(x, 0), x, 0)
 */
import type { BinaryExpression, CallExpression, Identifier, Node, PropertyAccessExpression } from "ts-morph";
import { CompileError } from "../../diagnostics.ts";
import type { Op } from "../../graph/ir.ts";
import * as ops from "../../ops/index.ts";
import { Syntax } from "../syntax.ts";
import * as errors from "./errors.ts";
import { mathConstants, mathFunctions, power } from "./math.ts";
import { apply, choose, isMask, number, type ScalarExpr } from "./scalar.ts";
import { declared, type FunctionSource, functionOf, isConst, placeOf, type Scope, unwrap } from "./scope.ts";

/** Reads the body of a function that is called, its parameters bound to `args`. */
export type Inline = (fn: FunctionSource, args: readonly ScalarExpr[], call: Node, scope: Scope) => ScalarExpr;

const arithmetic: ReadonlyMap<string, (a: ScalarExpr, b: ScalarExpr) => ScalarExpr> = new Map([
  ["+", (a, b) => apply(ops.addOp, a, b)],
  ["-", (a, b) => apply(ops.subOp, a, b)],
  ["*", (a, b) => apply(ops.mulOp, a, b)],
  ["/", (a, b) => apply(ops.divOp, a, b)],
  ["**", power],
]);

const comparisons: ReadonlyMap<string, Op> = new Map<string, Op>([
  ["<", ops.ltOp],
  ["<=", ops.leOp],
  [">", ops.gtOp],
  [">=", ops.geOp],
  ["==", ops.eqOp],
  ["===", ops.eqOp],
  ["!=", ops.neOp],
  ["!==", ops.neOp],
]);

const connectives: ReadonlyMap<string, Op> = new Map<string, Op>([
  ["&&", ops.andOp],
  ["||", ops.orOp],
]);

/** The reader of expressions; `inline` reads the functions that they call. */
export function expressionReader(inline: Inline) {
  /** A number or a condition. */
  function read(wrapped: Node, scope: Scope): ScalarExpr {
    const node = unwrap(wrapped);
    // Its getLiteralValue would take the integer before the e of 1e-7.
    if (Syntax.isNumericLiteral(node)) return number(Number(node.getLiteralText()));
    if (Syntax.isIdentifier(node)) return readName(node, scope);
    if (Syntax.isPropertyAccessExpression(node)) return readConstant(node, scope);
    if (Syntax.isCallExpression(node)) return readCall(node, scope);
    if (Syntax.isBinaryExpression(node)) return readBinary(node, scope);
    if (Syntax.isConditionalExpression(node)) {
      const mask = readCondition(node.getCondition(), scope);
      return choose(mask, readNumber(node.getWhenTrue(), scope), readNumber(node.getWhenFalse(), scope));
    }
    if (Syntax.isPrefixUnaryExpression(node)) {
      const sign = node.getText()[0];
      if (sign === "!") return apply(ops.notOp, readCondition(node.getOperand(), scope));
      if (/^-(?!-)/.test(node.getText())) return apply(ops.negOp, readNumber(node.getOperand(), scope));
      if (/^\+(?!\+)/.test(node.getText())) return readNumber(node.getOperand(), scope);
    }
    throw errors.unreadableExpression(placeOf(node, scope));
  }

  function readNumber(node: Node, scope: Scope): ScalarExpr {
    const scalar = read(node, scope);
    if (isMask(scalar)) throw errors.numberExpected(placeOf(node, scope));
    return scalar;
  }

  function readCondition(node: Node, scope: Scope): ScalarExpr {
    const scalar = read(node, scope);
    if (!isMask(scalar)) throw errors.conditionExpected(placeOf(node, scope));
    return scalar;
  }

  function readBinary(node: BinaryExpression, scope: Scope): ScalarExpr {
    const operator = node.getOperatorToken().getText();
    const both = (readOne: typeof read) => [readOne(node.getLeft(), scope), readOne(node.getRight(), scope)] as const;
    const compute = arithmetic.get(operator);
    if (compute) return compute(...both(readNumber));
    const comparison = comparisons.get(operator);
    if (comparison) return apply(comparison, ...both(readNumber));
    const connective = connectives.get(operator);
    if (connective) return apply(connective, ...both(readCondition));
    throw errors.unreadableExpression(placeOf(node, scope));
  }

  function readName(name: Identifier, scope: Scope): ScalarExpr {
    const declaration = declared(name, scope);
    const known = declaration && scope.values.get(declaration);
    if (known) return known;
    if (!declaration && name.getText() === "Infinity") return number(Number.POSITIVE_INFINITY);
    if (!declaration && name.getText() === "NaN") return number(Number.NaN);
    return readDeclared(name, declaration, scope);
  }

  /** A number that the file, or one that it imports, declares by `const`; what it is made of must be known too. */
  function readDeclared(name: Identifier, declaration: Node | undefined, scope: Scope): ScalarExpr {
    const initializer = Syntax.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined;
    const isKnown = declaration && initializer && isConst(declaration);
    if (!isKnown || scope.reading.includes(declaration)) throw captured(name, declaration, scope);
    try {
      return read(initializer, { ...scope, values: new Map(), reading: [...scope.reading, declaration] });
    } catch (error) {
      // The place to mark is where the formula uses the name; that other line need not be a formula.
      throw error instanceof CompileError ? captured(name, declaration, scope) : error;
    }
  }

  function captured(name: Identifier, declaration: Node | undefined, scope: Scope): CompileError {
    const span = declaration && scope.sources && scope.spanOf(declaration);
    const where = span ? `declared at ${span.file}:${span.line}:${span.column}` : "declared elsewhere or not at all";
    return errors.captured(placeOf(name, scope), where);
  }

  const isMath = (node: Node, scope: Scope): boolean =>
    Syntax.isIdentifier(node) && node.getText() === "Math" && declared(node, scope) === undefined;

  function readConstant(node: PropertyAccessExpression, scope: Scope): ScalarExpr {
    if (!isMath(node.getExpression(), scope)) throw errors.unreadableExpression(placeOf(node, scope));
    const value = mathConstants.get(node.getName());
    if (value === undefined) throw errors.unknownMath(placeOf(node, scope), node.getName());
    return number(value);
  }

  function readCall(call: CallExpression, scope: Scope): ScalarExpr {
    const callee = unwrap(call.getExpression());
    if (Syntax.isPropertyAccessExpression(callee) && isMath(callee.getExpression(), scope))
      return readMath(call, callee, scope);
    if (!Syntax.isIdentifier(callee)) throw errors.unreadableExpression(placeOf(call, scope));
    const declaration = declared(callee, scope);
    const fn = functionOf(declaration, scope);
    if (!fn) throw captured(callee, declaration, scope);
    return inline(
      fn,
      call.getArguments().map((arg) => read(arg, scope)),
      call,
      scope,
    );
  }

  function readMath(call: CallExpression, callee: PropertyAccessExpression, scope: Scope): ScalarExpr {
    const name = callee.getName();
    const known = mathFunctions.get(name);
    if (!known) throw errors.unknownMath(placeOf(callee, scope), name);
    const args = call.getArguments().map((arg) => readNumber(arg, scope));
    if (args.length < known.fewest || args.length > known.most) {
      const expected = known.most > known.fewest ? `${known.fewest} or more` : String(known.fewest);
      throw errors.wrongCount(placeOf(call, scope), `Math.${name}`, expected, args.length);
    }
    return known.build(...args);
  }

  return { read, readCondition };
}
