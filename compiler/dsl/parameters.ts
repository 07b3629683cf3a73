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
import { bindingPath, isPath, isStateName } from "./names.ts";
import {
  type Call,
  callOf,
  isShape,
  print,
  requireBoolean,
  requireHeld,
  requireKnownKeys,
  requirePositive,
} from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { asValue, type Parameter, refuse } from "./tensor.ts";

/** How training treats the parameters of a call. */
export interface LearningOptions {
  /** Whether steps move the call's parameters; true unless said. Frozen, they cost no gradient and no optimiser state. */
  readonly trainable?: boolean;
  /** What the parameters' learning rate is of the optimiser's; 1 unless said. */
  readonly rate?: number;
}

export const learningKeys = ["trainable", "rate"] as const satisfies readonly (keyof LearningOptions)[];

export function requireLearning(call: Call, { trainable = true, rate = 1 }: LearningOptions): boolean {
  const known = requireBoolean(call, "trainable", trainable);
  return requirePositive(call, "rate", rate) && known;
}

export interface ParameterOptions extends LearningOptions {
  /** Its name, in place of the one from the binding. */
  readonly name?: string;
  /** Its own regulariser, in place of the model's; false for none. */
  readonly regularize?: Regularizer | false;
}

/** A parameter of shape `dims` that starts from what the initialiser gives. Call it inside forward. */
export function parameter<const D extends Shape>(
  dims: D,
  initializer: Initializer,
  options: ParameterOptions = {},
): Parameter<[...D]> {
  const call = callOf("parameter");
  const build = currentBuild();
  if (build === undefined) return asValue(refuse(outsideForward(call)));
  requireKnownKeys(call, options, ["name", "regularize", ...learningKeys]);
  requireLearning(call, options);
  if (!isShape(dims)) return asValue(refuse(badAttribute(call, "dims", "an array of integers above 0", print(dims))));
  const name = claimName(build, "parameter", options.name);
  return asValue(declareParameter(build, name, dims, initializer, { ...options, role: "weight" }));
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
