/**
 * A model that no file describes: a list of nodes, as another program writes its networks down, becomes a model by calls of the
 * public functions. Labels stand where the lines of a model file would.
 */
import { adam, dense, labelled, log, meanSquaredError, model, relu, type Tensor } from "nabla";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { costsOf } from "../../compiler/tasks/inspect-page/costs.ts";
import { drawGraph } from "../../compiler/tasks/inspect-page/picture.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";

interface Layer {
  readonly op: "Gemm" | "Relu" | "Log";
  readonly name: string;
  readonly width?: number;
}

const layers: readonly Layer[] = [
  { op: "Gemm", name: "fc1", width: 8 },
  { op: "Relu", name: "act" },
  { op: "Gemm", name: "fc2", width: 1 },
];

function apply({ op, width = 1 }: Layer, x: Tensor): Tensor {
  if (op === "Gemm") return dense(x, width);
  return op === "Log" ? log(x) : relu(x);
}

const imported = (list: readonly Layer[]) =>
  labelled("net.onnx", () =>
    model({
      inputs: { x: [2] },
      targets: { y: [1] },
      batch: 16,
      forward: ({ x }) => ({
        y: list.reduce<Tensor>(
          (value, layer) => labelled(`${layer.op} ${layer.name} of net.onnx`, () => apply(layer, value), layer.name),
          x,
        ) as Tensor<[1]>,
      }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: adam({ rate: 0.02 }),
    }),
  );

test("it compiles with the weights that it came with, under the names of its nodes", async () => {
  const weights = {
    "fc1.weight": Array.from({ length: 16 }, (_, i) => i % 3),
    "fc1.bias": new Array(8).fill(0),
    "fc2.weight": new Array(8).fill(0.5),
    "fc2.bias": [1],
  };
  const { program, manifest } = await compile(imported(layers), { mode: "infer", weights });
  expect(program.states.filter(({ role }) => role === "parameter").map(({ name }) => name)).toEqual(
    Object.keys(weights),
  );
  expect(manifest.mode).toBe("infer");
});

test("it is trained", async () => {
  const points = Array.from({ length: 64 }, (_, i) => [Math.cos(i), Math.sin(3 * i)] as const);
  const data = { inputs: { x: points.flat() }, targets: { y: points.map(([a, b]) => Math.abs(a) - b) } };
  const { history } = await trainModel({ model: imported(layers), data, epochs: 60, seed: 1 });
  expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 5);
});

test("a loss that is not finite is laid to its node", async () => {
  const data = { inputs: { x: [-1, -2, -3, -4] }, targets: { y: [0, 0] } };
  const model = imported([{ op: "Log", name: "ln" }, layers[2]!]);
  await expect(trainModel({ model, data, epochs: 1 })).rejects.toThrow("log of x gave NaN (ln, Log ln of net.onnx)");
});

function messageOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof CompileError) return error.message;
  }
  return "no error";
}

test("an error names the node, and those that it reads", () => {
  const wrong = { op: "Gemm", name: "fc1", width: -8 } as const;
  expect(messageOf(() => buildProgram(imported([wrong, layers[2]!])))).toMatchInlineSnapshot(`
    "Gemm fc1 of net.onnx: attribute/range
      dense: units is out of range
        expected  units: an integer above 0
        got       -8"
  `);
  expect(messageOf(() => buildProgram(imported(layers.slice(0, 2))))).toMatchInlineSnapshot(`
    "shape/differ
      meanSquaredError: the two must have the same shape
        expected  [n,8]  act is f32[n,8] (relu, Relu act of net.onnx)
        got       [n,1]  y is f32[n,1]"
  `);
});

test("pictures and costs say the labels", async () => {
  const built = await compile(imported(layers));
  expect(costsOf(built, "infer").flatMap(({ lines }) => lines)).toEqual(
    expect.arrayContaining(["Gemm fc1 of net.onnx", "Gemm fc2 of net.onnx"]),
  );
  expect(await drawGraph(built.program.infer)).toContain("<title>Gemm fc1 of net.onnx</title>");
});
