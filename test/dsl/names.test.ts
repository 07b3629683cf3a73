/** What parameters are called. `bound("h", ...)` stands for `const h = ...` as the reader reports it. */
import { dense, meanSquaredError, model, mul, ones, parameter, relu, sgd, type Tensor } from "nabla";
import { expect, test } from "vitest";
import { isFieldName } from "../../compiler/dsl/names.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { bound } from "./support.ts";

const namesOf = (forward: (x: Tensor<[2]>) => Tensor<[2]>): string[] =>
  buildProgram(
    model({
      inputs: { x: [2] },
      targets: { y: [2] },
      batch: 1,
      forward: ({ x }) => ({ y: forward(x) }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: sgd({ rate: 0.1 }),
    }),
  ).states.map(({ name }) => name);

test("a layer is called after its binding", () => {
  expect(namesOf((x) => bound("hidden", () => relu(dense(x, 2))))).toEqual(["hidden.weight", "hidden.bias"]);
});

test("without a binding it is numbered", () => {
  expect(namesOf((x) => dense(dense(x, 3), 2))).toEqual([
    "dense1.weight",
    "dense1.bias",
    "dense2.weight",
    "dense2.bias",
  ]);
});

test("a helper function's layers go under the name that its result is bound to", () => {
  const block = (x: Tensor<[2]>) => bound("inner", () => dense(x, 2, { bias: false }));
  expect(namesOf((x) => bound("block2", () => block(bound("block1", () => block(x)))))).toEqual([
    "block2.block1.inner.weight",
    "block2.inner.weight",
  ]);
});

test("a helper's returned layer, without a binding of its own, takes that of the call", () => {
  const block = (x: Tensor<[2]>) => bound(undefined, () => dense(x, 2, { bias: false }));
  expect(namesOf((x) => bound("block1", () => block(x)))).toEqual(["block1.weight"]);
});

test("a name in use gets _2, _3", () => {
  const layer = (x: Tensor<[2]>) => bound("h", () => dense(x, 2, { bias: false }));
  expect(namesOf((x) => layer(layer(layer(x))))).toEqual(["h.weight", "h_2.weight", "h_3.weight"]);
});

test("a parameter is called after its binding, or by the name given", () => {
  const scaled = (x: Tensor<[2]>) =>
    mul(
      x,
      bound("scale", () => parameter([2], ones())),
    );
  expect(
    namesOf((x) =>
      mul(
        scaled(x),
        bound("b", () => parameter([2], ones(), { name: "head.gain" })),
      ),
    ),
  ).toEqual(["scale", "head.gain"]);
});

test("an optimiser's state never takes a parameter's name", () => {
  const program = buildProgram(
    model({
      inputs: { x: [2] },
      targets: { y: [2] },
      batch: 1,
      forward({ x }) {
        const shadow = bound("momentum.v.gain", () => parameter([2], ones()));
        return {
          y: mul(
            mul(x, shadow),
            bound("gain", () => parameter([2], ones())),
          ),
        };
      },
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: {
        ...sgd({ rate: 0.1 }),
        name: "momentum",
        slots: { v: 0 },
        update: ({ w, g, v }) => ({ w: w!, v: v ?? g! }),
      },
    }),
  );
  expect(program.states.map(({ name }) => name)).toEqual([
    "momentum.v.gain",
    "gain",
    "momentum.v.momentum.v.gain",
    "momentum.v.gain_2",
  ]);
});

test("names that a plain object answers to by inheritance are no field names", () => {
  const refused = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a b", "1st", "a.b"];
  expect(refused.filter(isFieldName)).toEqual([]);
  expect(
    ["x", "_1", "$", "logits", "proto", "größe", "名前", "ⅷ", "class"].filter((name) => !isFieldName(name)),
  ).toEqual([]);
});
