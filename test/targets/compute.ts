/** What a host without WebAssembly is asked to compute: runs in Node and in QuickJS, on nothing but the language. */
import type { Net } from "../../runtime/load.ts";
import type { Values } from "../../runtime/port.ts";

/** The bits of every loss, state and output, and what a wrong call is told. A train net takes `steps` steps before. */
export function compute(net: Net, inputs: Values, targets: Values, steps: number): unknown[] {
  const found: unknown[] = [];
  if (net.manifest.mode === "train") {
    net.init(5);
    for (let step = 0; step < steps; step++) found.push(bitsOf(Float64Array.of(net.step(inputs, targets))));
    found.push(bitsOf(Float64Array.of(net.evaluate(inputs, targets).loss)));
    const { tensors, step } = net.save();
    found.push(step, ...Object.values(tensors).map(bitsOf));
  }
  found.push(...Object.values(net.infer(inputs)).map(bitsOf));
  try {
    net.infer({});
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

const bitsOf = ({ buffer }: ArrayBufferView): number[] => Array.from(new Uint32Array(buffer as ArrayBuffer));
