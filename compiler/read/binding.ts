/**
 * The name that a call's value ends up under in the source: what its parameters are called.
 *
 *   const hidden = dropout(relu(dense(x, 128)), 0.2)    all three: hidden
 *   return { logits: dense(h, 10) }                     logits
 *   h = relu(dense(h, 32))                              h
 *   const block = (x) => dense(x, 8)                    none: a function's result is named where the function is called
 */
import type { CallExpression, Node } from "ts-morph";
import { Syntax } from "./syntax.ts";

export function bindingOf(call: CallExpression): string | undefined {
  let value: Node = call;
  for (let around = value.getParent(); around !== undefined; value = around, around = around.getParent()) {
    if (Syntax.isVariableDeclaration(around) || Syntax.isParameterDeclaration(around))
      return nameOf(around.getNameNode());
    if (Syntax.isPropertyAssignment(around) || Syntax.isPropertyDeclaration(around))
      return nameOf(around.getNameNode());
    if (Syntax.isBinaryExpression(around) && isAssignment(around.getOperatorToken().getText())) {
      return around.getLeft() === value ? undefined : nameOf(around.getLeft());
    }
    if (!passesOn(around)) return undefined;
  }
  return undefined;
}

const isAssignment = (operator: string): boolean => /^(=|[^=!<>]=|\?\?=|\|\|=|&&=|\*\*=|<<=|>>=|>>>=)$/.test(operator);

/** The name in a declared or assigned place; a pattern has none. */
function nameOf(place: Node): string | undefined {
  if (Syntax.isIdentifier(place) || Syntax.isPrivateIdentifier(place)) return place.getText().replace(/^#/, "");
  if (Syntax.isStringLiteral(place)) return place.getLiteralValue();
  if (Syntax.isPropertyAccessExpression(place)) return place.getName().replace(/^#/, "");
  return undefined;
}

/** Whether the value of an expression inside is part of the value around: it ends at a function and at a statement. */
function passesOn(node: Node): boolean {
  if (Syntax.isFunctionLikeDeclaration(node) || Syntax.isFunctionExpression(node)) return false;
  return Syntax.isExpression(node) || Syntax.isSpreadAssignment(node) || Syntax.isTemplateSpan(node);
}
