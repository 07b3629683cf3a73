/** Finds the source of the function that `elementwise` was given, and reads it. */
import { currentOrigin } from "../../graph/origin.ts";
import type { CallSite } from "../site.ts";
import { parse, Syntax, syntaxProblems } from "../syntax.ts";
import { noSource, notAFunction } from "./errors.ts";
import { readFunction } from "./function.ts";
import type { ScalarFunction } from "./scalar.ts";
import { functionOf } from "./scope.ts";

/** Reads the first argument of a call in a model file: a function, or the name of one. */
export function readCallback({ call, sources, binding }: CallSite): ScalarFunction {
  const spanOf = sources.spanOf.bind(sources);
  const argument = call.getArguments()[0] ?? call;
  const fn = argument === call ? undefined : functionOf(argument, { sources });
  if (!fn) throw notAFunction({ node: argument, span: spanOf(argument) });
  return readFunction(fn, binding ?? "elementwise", { sources, spanOf });
}

/** Reads a function's own text: all there is outside of a model file. Names from around it are unknown. */
export function readText(fn: { readonly name: string; toString(): string }): ScalarFunction {
  const text = `(${fn.toString()})`;
  const span = currentOrigin()?.span;
  const path = "/elementwise.ts";
  const statement = syntaxProblems(path, text).length > 0 ? undefined : parse(path, text).getStatements()[0];
  const source = Syntax.isExpressionStatement(statement)
    ? functionOf(statement.getExpression(), { sources: undefined })
    : undefined;
  if (!source) throw noSource(span, fn.toString());
  return readFunction(source, fn.name || "elementwise", { sources: undefined, spanOf: () => span });
}
