/** The adjoint as code, on a model whose derivatives fit on a page. */
import { expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { namedCotangents } from "../../compiler/adjoint/named.ts";
import { printAdjoint } from "../../compiler/adjoint/print.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { type Origin, printLine } from "../../compiler/graph/origin.ts";
import { input, matmul, mul, state, sum } from "../../compiler/ops/index.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { bound } from "../dsl/support.ts";
import { Random } from "../support/random.ts";

async function adjointOf(path: string) {
  const { model } = await readModelFile(path);
  const program = buildProgram(model, { dtype: "f64" });
  const loss = program.step.outputs[0]!.node;
  const parameters = program.states.filter(({ trainable }) => trainable).map(({ node }) => node);
  const cotangents = namedCotangents(loss, parameters, [...program.gradients.values()]);
  const place = (origin: Origin | undefined) => (origin ? `line ${origin.span?.line}` : "elsewhere");
  return { program, loss, cotangents, text: printAdjoint(loss, program.gradients, cotangents, place) };
}

test("sum of (x w)^2: 2 x^T (x w), in the order of computation", () => {
  const x = input("x", { dtype: "f64", dims: ["n", 2] });
  const w = state("w", { dtype: "f64", dims: [2, 1] });
  const y = bound("y", () => matmul(x, w), 7);
  const loss = bound(undefined, () => sum(mul(y, y)), 9);
  const [dw] = simplifyAdjoint(gradients(loss, [w]), [loss]);
  const text = printAdjoint(loss, new Map([["w", dw!]]), namedCotangents(loss, [w], [dw!]), (origin) =>
    origin ? printLine(origin) : "elsewhere",
  );
  expect(text).toMatchInlineSnapshot(`
    "forward
      model.ts:7
        y = matmul(x, w)
      model.ts:9
        mul = y * y
        loss = sum(mul, axes: [0, 1])
    backward
      model.ts:9
        d_y = y * 2
      model.ts:7
        d_w = matmul(transpose(x), d_y)
    gradients
      d loss / d w = d_w"
  `);
});

test("iris: what simplification left is called by the values of the model file", async () => {
  const { text } = await adjointOf("examples/iris/iris.model.ts");
  expect(text).toMatchInlineSnapshot(`
    "forward
      line 9
        centred_2 = measurements - centred.shift
        centred = centred_2 * centred.scale
      line 10
        hidden_3 = matmul(centred, hidden.weight)
        hidden_2 = hidden_3 + hidden.bias
        hidden = tanh(hidden_2)
      line 11
        logits_2 = matmul(hidden, logits.weight)
        logits = logits_2 + logits.bias
      line 13
        max = max(logits, axes: [1], keep: true)
        stopGradient = stopGradient(max)
        sub_2 = logits - stopGradient
        exp = exp(sub_2)
        sum_3 = sum(exp, axes: [1])
        log = log(sum_3)
        oneHot = oneHot(species, classes: 3, dtype: f64)
        mulNoNan = mulNoNan(oneHot, sub_2)
        sum_2 = sum(mulNoNan, axes: [1])
        sub = log - sum_2
        sum = sum(sub, axes: [0])
        rows = rows(dtype: f64)
        loss = sum / rows
    backward
      line 13
        t_7 = 1 / rows
      line 10
        t_6 = hidden * hidden
        t_5 = 1 - t_6
      line 13
        t_4 = reshape(sum_3, dims: [n, 1])
        t_3 = 1 / t_4
        t_2 = exp * t_3
        t = t_2 - oneHot
        d_logits = t * t_7
      line 11
        d_logits.bias = sum(d_logits, axes: [0])
        d_hidden = matmul(d_logits, transpose(logits.weight))
        d_logits.weight = matmul(transpose(hidden), d_logits)
      line 10
        d_hidden_2 = d_hidden * t_5
        d_hidden.bias = sum(d_hidden_2, axes: [0])
        d_hidden.weight = matmul(transpose(centred), d_hidden_2)
    gradients
      d loss / d hidden.weight = d_hidden.weight
      d loss / d hidden.bias = d_hidden.bias
      d loss / d logits.weight = d_logits.weight
      d loss / d logits.bias = d_logits.bias"
  `);
});

test("iris: each value called d_x is the derivative of the loss by x, to 1e-12", async () => {
  const { program, loss, cotangents } = await adjointOf("examples/iris/iris.model.ts");
  const rows = 3;
  const random = new Random(5);
  const leaves = new Map([
    ...interpret(program.init, { rows: 1, leaves: new Map() }).updates,
    ["measurements", random.array(rows * 4, -1, 1)],
    ["species", Float64Array.of(0, 2, 1)],
  ]);
  const pairs = [...cotangents].map(([node, named]) => [gradients(loss, [node])[0]!, named] as const);
  const outputs = pairs.flat().map((node, i) => ({ name: `${i}`, node }));
  const values = [...interpret({ ...program.step, outputs, updates: [] }, { rows, leaves }).outputs.values()];
  expect(pairs.length).toBeGreaterThan(3);
  pairs.forEach((_, i) => {
    values[2 * i]!.forEach((exact, element) => {
      expect(Math.abs(values[2 * i + 1]![element]! - exact)).toBeLessThan(1e-12);
    });
  });
});

test("a value whose derivative is a value of the forward pass has no name in the adjoint", () => {
  const [x, other] = ["x", "other"].map((name) => input(name, { dtype: "f64", dims: [2] })) as [Node, Node];
  const w = state("w", { dtype: "f64", dims: [2] });
  const hidden = bound("hidden", () => mul(w, x), 7);
  const loss = bound(undefined, () => sum(mul(hidden, other)), 9);
  const [dw] = simplifyAdjoint(gradients(loss, [w]), [loss]);
  // d loss / d hidden is other: its name is taken.
  expect([...namedCotangents(loss, [w], [dw!]).keys()]).toEqual([]);
});
