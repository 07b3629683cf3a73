/**
 * A workload as an ONNX model of fixed batch: Gemm (MatMul without a bias) and activations, with the weights inside.
 *
 *   encodeOnnx(workload, weights, 32)   // -> bytes for an InferenceSession, input "x", output "out"
 */
import proto from "onnx-proto";
import { dimsOf, foldNorm } from "./network.mjs";

const { ModelProto, TensorProto } = proto.onnx;
const FLOAT = TensorProto.DataType.FLOAT;
const operators = { relu: "Relu", tanh: "Tanh" };

/** Opset and IR version that every ONNX Runtime since 2021 reads. */
const OPSET = 13;
const IR_VERSION = 7;

export function encodeOnnx(workload, weights, batch) {
  const folded = foldNorm(workload, weights);
  const node = [];
  const initializer = [];
  let value = "x";
  const add = (opType, input, output) => {
    node.push({ opType, input, output: [output] });
    value = output;
  };
  folded.layers.forEach(({ units, activation }, i) => {
    const operands = Object.entries(folded.weights[i]).map(([name, values]) => {
      initializer.push(tensor(`${name}${i}`, values, dimsOf(name, values, units)));
      return `${name}${i}`;
    });
    add(operands.length === 2 ? "Gemm" : "MatMul", [value, ...operands], `product${i}`);
    if (activation) add(operators[activation], [value], `hidden${i}`);
  });
  const width = folded.layers.at(-1).units;
  const graph = {
    name: workload.name,
    node,
    initializer,
    input: [valueInfo("x", [batch, workload.inputs])],
    output: [valueInfo(value, [batch, width])],
  };
  return ModelProto.encode({ irVersion: IR_VERSION, opsetImport: [{ domain: "", version: OPSET }], graph }).finish();
}

const tensor = (name, values, dims) => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

const valueInfo = (name, dims) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});
