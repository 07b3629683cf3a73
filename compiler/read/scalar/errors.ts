/** What `elementwise` refuses to read, one function each. Every error marks the node of the source that it is about. */
import type { Node } from "ts-morph";
import type { CompileError } from "../../diagnostics.ts";
import type { Span } from "../../graph/origin.ts";
import { fail } from "../errors.ts";
import { mathConstants, mathFunctions } from "./math.ts";

/** The node refused, and where it stands if it stands in a file. */
export interface SourceNode {
  readonly node: Node;
  readonly span: Span | undefined;
}

const quote = (node: Node): string => {
  const line = node.getText().split("\n")[0]!.trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

const got = (node: Node): string => `got       ${quote(node)}  (${node.getKindName()})`;
const listed = (names: Iterable<string>): string => [...names].map((name) => `Math.${name}`).join(", ");

/** A kind of syntax that is no formula: loops, assignments, literals of other types and so on. */
export const unreadableExpression = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/unreadable", span, "elementwise: this is not part of a formula", [
    "expected  numbers, parameters, + - * / **, comparisons, && || !, ?:, functions and constants of Math,",
    "          calls of functions that are declared in the file and readable themselves",
    got(node),
  ]);

export const unreadableStatement = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/unreadable", span, "elementwise: this statement cannot be read as a formula", [
    "expected  const, if / else, return",
    got(node),
  ]);

export const unknownMath = ({ node, span }: SourceNode, name: string): CompileError =>
  fail("elementwise/math", span, `elementwise: Math.${name} cannot be differentiated or vectorised`, [
    `expected  ${listed(mathFunctions.keys())}`,
    `or        ${listed(mathConstants.keys())}`,
    `got       Math.${name}  (${node.getKindName()})`,
  ]);

export const wrongCount = ({ node, span }: SourceNode, callee: string, expected: string, count: number): CompileError =>
  fail("elementwise/arguments", span, `elementwise: wrong number of arguments for ${callee}`, [
    `expected  ${expected}`,
    `got       ${count}: ${quote(node)}`,
  ]);

export const wrongParameter = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/parameter", span, "elementwise: a parameter must be a plain name", [
    "expected  such as (x: number, beta: number); no default, rest or pattern",
    got(node),
  ]);

export const conditionExpected = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/condition", span, "elementwise: a condition must be a comparison", [
    "expected  such as x > 0, or comparisons joined by && || !",
    got(node),
  ]);

export const numberExpected = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/number", span, "elementwise: a comparison is not a number", [
    "expected  a number, such as x > 0 ? 1 : 0",
    got(node),
  ]);

export const captured = ({ node, span }: SourceNode, declared: string): CompileError =>
  fail(
    "elementwise/captured",
    span,
    `elementwise: ${quote(node)} is not known when the formula is read`,
    ["expected  a parameter, or a const that is a number or such a function", `got       ${quote(node)}, ${declared}`],
    "Pass it as an argument: elementwise functions take numbers beside tensors.",
  );

export const recursion = ({ node, span }: SourceNode, name: string): CompileError =>
  fail("elementwise/recursion", span, `elementwise: ${name} calls itself`, [
    "expected  functions that end without calling themselves",
    got(node),
  ]);

export const missingReturn = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/missing-return", span, "elementwise: not every path returns a number", [
    "expected  a return at the end of each branch",
    got(node),
  ]);

export const notAFunction = ({ node, span }: SourceNode): CompileError =>
  fail("elementwise/function", span, "elementwise: the formula must be a function whose source is in the file", [
    "expected  an arrow function, or the name of a function that is declared in this file or imported by a relative path",
    got(node),
  ]);

/** A function of which only its text is known, and that text is not a function's: native code, a bound function. */
export const noSource = (span: Span | undefined, text: string): CompileError =>
  fail("elementwise/function", span, "elementwise: the function has no source to read", [
    "expected  an arrow function or a function declaration",
    `got       ${text.split("\n")[0]}`,
  ]);

/** A call of the lifted function with more or fewer tensors than its formula has parameters. */
export const wrongOperandCount = (span: Span | undefined, name: string, parameters: readonly string[], count: number) =>
  fail("elementwise/arguments", span, `${name}: wrong number of arguments`, [
    `expected  ${parameters.length}: ${name}(${parameters.join(", ")})`,
    `got       ${count}`,
  ]);
