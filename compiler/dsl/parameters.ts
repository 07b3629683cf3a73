/**
 * Parameters: what training moves. Each becomes a state of the module under a name from its binding.
 *
 *   const scale = parameter([1], ones());      scale
 */
import { metadataKey } from "../data/safetensorsHeader.ts";
import { badAttribute, badName, outsideForward, recordOrThrow, reservedName } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { state, uniform } from "../ops/index.ts";
import type { Regularizer } from "./build.ts";
import { type Build, currentBuild, type ParameterDeclaration } from "./build.ts";
import type { Initializer } from "./initializers.ts";
import { type LearningOptions, learning, name, regularizer } from "./learning.ts";
import { bindingPath, isPath, isStateName } from "./names.ts";
import { type Declared as DeclaredOptions, settle } from "./options.ts";
import { callOf, isShape, print, requireHeld } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { asValue, type Parameter, refuse } from "./tensor.ts";

export interface ParameterOptions extends LearningOptions {
  /** Its name, in place of the one from the binding. */
  readonly name?: string;
  /** Its own regulariser, in place of the model's; false for none. */
  readonly regularize?: Regularizer | false;
}

const parameterOptions = { name, regularize: regularizer, ...learning } satisfies DeclaredOptions<ParameterOptions>;

/** A parameter of shape `dims` that starts from what the initialiser gives. Call it inside forward. */
export function parameter<const D extends Shape>(
  dims: D,
  initializer: Initializer,
  options: ParameterOptions = {},
): Parameter<[...D]> {
  const call = callOf("parameter");
  const build = currentBuild();
  if (build === undefined) return asValue(refuse(outsideForward(call)));
  const settings = settle(call, parameterOptions, options);
  if (!isShape(dims)) return asValue(refuse(badAttribute(call, "dims", "an array of integers above 0", print(dims))));
  const own = claimName(build, "parameter", settings.name);
  return asValue(declareParameter(build, own, dims, initializer, { ...settings, role: "weight" }));
}

/** The name given, else the binding's, else kind and a number. One that is given is that very name, or refused. */
export function claimName(build: Build, kind: string, given: string | undefined, isName = isStateName): string {
  if (given !== undefined && build.names.isTaken(given))
    recordOrThrow(reservedName(callOf(kind), "a parameter", given, "another parameter"));
  return claimPath(build, kind, given ?? bindingPath(), isName);
}

function claimPath(build: Build, kind: string, wanted: string | undefined, isName = isStateName): string {
  if (wanted === undefined) return build.names.number(kind);
  if (wanted === metadataKey)
    recordOrThrow(reservedName(callOf(kind), "a parameter", wanted, "what a file of weights says of itself"));
  if (isName(wanted)) return build.names.claim(wanted);
  recordOrThrow(badName(callOf(kind), "a parameter", wanted));
  return build.names.number(kind);
}

/** Names for the parts of a layer that has its name for itself: hidden.weight, and hidden_2.weight of the next. */
export function layerNames(build: Build, kind: string, given: string | undefined): (part: string) => string {
  const layer = claimName(build, kind, given, isPath);
  const claim = given === undefined ? claimPath : claimName;
  return (part) => claim(build, kind, `${layer}.${part}`);
}

/**
 * Names for the parts of a layer that may share a binding with the dense layer before it: hidden.gamma beside
 * hidden.weight; batchNorm1.gamma without a binding.
 */
export function partNames(build: Build, kind: string, given: string | undefined): (part: string) => string {
  if (given !== undefined) return (part) => claimName(build, kind, `${given}.${part}`);
  const layer = bindingPath() ?? build.names.number(kind);
  return (part) => claimPath(build, kind, `${layer}.${part}`);
}

export type Declared = Pick<ParameterDeclaration, "role"> &
  Partial<Pick<ParameterDeclaration, "regularize">> &
  LearningOptions;

/** Adds a parameter to the build and gives its leaf. */
export function declareParameter(
  build: Build,
  name: string,
  dims: readonly number[],
  initializer: Initializer,
  { role, regularize, trainable = true, rate = 1 }: Declared,
): Node {
  const { dtype, parameters } = build;
  requireHeld(initializer.settings, dtype);
  if (regularize) requireHeld(regularize.settings, dtype);
  const node = state(name, { dtype, dims });
  // Two streams each, by position: what one parameter draws does not depend on the shapes of the others.
  const firstStream = 2 * parameters.length;
  const initial = initializer.initial(dims, { dtype, uniform: (stream) => uniform(dims, firstStream + stream, dtype) });
  parameters.push({ name, node, initial, role, regularize, trainable, rateFactor: rate });
  return node;
}
