/**
 * Runs forward and loss of a model once, on leaves, and keeps what they build: the first half of buildProgram, and the
 * one that finds the errors of a model file.
 */
import { gradients } from "../adjoint/build.ts";
import * as errors from "../diagnostics.ts";
import { type Build, createBuild, duringBuild } from "../dsl/build.ts";
import { type Model, specOptions } from "../dsl/model.ts";
import { isFieldName } from "../dsl/names.ts";
import { settle } from "../dsl/options.ts";
import { escapedFrom } from "../dsl/scan.ts";
import { type Call, callOf, requireHeld } from "../dsl/settings.ts";
import { hasRows, isNode, refuse } from "../dsl/tensor.ts";
import { type Output, reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type FloatType, isFloat } from "../graph/types.ts";
import { specialize } from "../simplify/specialize.ts";
import { byFieldName, declareFields, type FieldLeaf, guarded, refuseSharedNames } from "./fields.ts";

export interface Trace {
  readonly build: Build;
  readonly inputs: readonly FieldLeaf[];
  readonly targets: readonly FieldLeaf[];
  readonly outputs: readonly Output[];
  /** The loss of the data, without regularisation. */
  readonly loss: Node;
}

const { recordOrThrow } = errors;

/** Traces a model; throws one CompileError with every diagnostic. */
export function trace(model: Model, dtype: FloatType): Trace {
  return errors.collectDiagnostics(() => {
    const call = callOf("model", model.origin);
    checkSpec(call, model.spec);
    requireHeld(model.spec.optimizer?.settings, dtype);
    requireHeld(model.spec.regularize?.settings, dtype);
    const build = createBuild(dtype);
    const inputs = declareFields(build, call, "input", model.spec.inputs);
    const targets = declareFields(build, call, "target", model.spec.targets);
    refuseSharedNames(call, inputs, targets);
    return duringBuild(build, () => {
      const outputs = runForward(call, model.spec, inputs);
      const loss = runLoss(call, model.spec, outputs, targets, inputs);
      const traced = { build, inputs, targets, outputs, loss };
      // After an error a value may be missing whose absence would only show as a second one.
      const leaving = [loss, ...outputs.map(({ node }) => node), ...build.updates.map(({ value }) => value)];
      if (leaving.some((node) => node.poisoned)) return traced;
      const escaped = escapedFrom(leaving);
      if (escaped) recordOrThrow(errors.escapedLoop({ ...call, op: "scan", origin: escaped.origin }, escaped));
      else checkUse(call, traced);
      return traced;
    });
  });
}

/** Records what is wrong with single keys; throws where nothing can be run without them. */
function checkSpec(call: Call, spec: Model["spec"]): void {
  settle(call, specOptions, spec);
  for (const key of ["inputs", "targets"] as const) {
    if (typeof spec[key] !== "object" || spec[key] === null)
      throw errors.wrongKey(call, key, "an object of shapes by name", spec[key]);
  }
  for (const key of ["forward", "loss"] as const) {
    if (typeof spec[key] !== "function") throw errors.wrongKey(call, key, "a function", spec[key]);
  }
}

function runForward(call: Call, spec: Model["spec"], inputs: readonly FieldLeaf[]): Output[] {
  const returned: unknown = spec.forward(guarded({ ...call, op: "forward" }, "input", byFieldName(inputs)));
  const named = typeof returned === "object" && returned !== null && !isNode(returned) ? Object.entries(returned) : [];
  if (named.length === 0) throw errors.outputExpected(call, undefined, returned);
  return named.flatMap(([name, value]) => {
    const error = outputError(call, name, value);
    if (error) recordOrThrow(error);
    return isNode(value) ? [{ name, node: value }] : [];
  });
}

function outputError(call: Call, name: string, value: unknown): errors.CompileError | undefined {
  if (!isFieldName(name)) return errors.badName(call, "an output", name);
  if (name === "loss") return errors.reservedName(call, "an output", name, "the loss");
  if (!isNode(value)) return errors.outputExpected(call, name, value);
  if (value.poisoned) return undefined;
  if (!isFloat(value.type.dtype)) return errors.outputOfOther(call, name, value);
  return hasRows(value) ? undefined : errors.outputWithoutRows(call, name, value);
}

function runLoss(
  call: Call,
  spec: Model["spec"],
  outputs: readonly Output[],
  targets: readonly FieldLeaf[],
  inputs: readonly FieldLeaf[],
): Node {
  const at = { ...call, op: "loss" };
  const results = new Map(outputs.map(({ name, node }) => [name, node]));
  const returned: unknown = spec.loss(
    guarded(at, "output", results),
    guarded(at, "target", byFieldName(targets)),
    guarded(at, "input", byFieldName(inputs)),
  );
  const loss = isNode(returned) ? returned : refuse(errors.notATensor(at, returned));
  const isScalar = loss.type.dims.length === 0 && isFloat(loss.type.dtype);
  if (!loss.poisoned && !isScalar) recordOrThrow(errors.lossNotScalar(call, loss));
  return loss;
}

/** What is declared is used: every target is read, every parameter is trained. */
function checkUse(call: Call, { build, targets, loss }: Trace): void {
  const read = new Set(reachable([loss]));
  for (const { field, node } of targets) if (!read.has(node)) recordOrThrow(errors.unusedTarget(call, field.name));
  const trained = build.parameters.filter(({ trainable }) => trainable).map(({ node }) => node);
  if (trained.length === 0) recordOrThrow(errors.noParameters(call));
  if (loss.type.dims.length > 0) return;
  const [trainingLoss] = specialize([loss], "train");
  gradients(trainingLoss!, trained).forEach((gradient, position) => {
    if (gradient === undefined) recordOrThrow(errors.unreachedParameter(call, trained[position]!));
  });
}
