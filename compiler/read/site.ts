/**
 * Call sites at run time: what `__nablaSite(7, dense)(x, 128)` does.
 *
 * The call runs with its place as the current origin, so that every node made meanwhile knows where it comes from. A
 * function that reads its own arguments' source, as elementwise does, finds them through `siteOf`.
 */
import type { CallExpression } from "ts-morph";
import { currentOrigin, type Origin, type Span, withOrigin } from "../graph/origin.ts";
import type { Sources } from "./source.ts";

export interface CallSite {
  readonly span: Span;
  readonly binding: string | undefined;
  /** The callee's text. */
  readonly callee: string;
  readonly call: CallExpression;
  readonly sources: Sources;
}

type AnyFunction = (...args: unknown[]) => unknown;

const entered = new WeakMap<Origin, { readonly site: CallSite; readonly callee: unknown }>();

/** Gives the function that stands before each callee. */
export function siteCaller(sites: readonly CallSite[]) {
  return (id: number, callee: unknown): AnyFunction => {
    const site = sites[id]!;
    return (...args) => {
      // As without instrumenting: the arguments are evaluated first, then the call fails.
      if (typeof callee !== "function") throw new TypeError(`${site.callee} is not a function`);
      const origin: Origin = { span: site.span, binding: site.binding, outer: currentOrigin() };
      entered.set(origin, { site, callee });
      return withOrigin(origin, () => (callee as AnyFunction)(...args));
    };
  };
}

/** The place of the call that runs now, if it is a call of `callee` itself from a model file. */
export function siteOf(callee: unknown): CallSite | undefined {
  const origin = currentOrigin();
  const now = origin && entered.get(origin);
  return now?.callee === callee ? now?.site : undefined;
}
