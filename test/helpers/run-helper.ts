/**
 * Runs one math helper the way a model does: a kernel of one operation, emitted, linked and inlined by the compiler.
 *
 *   sin = await helper("sin", "f32");  sin(Float32Array.of(0, 1, 2))  ->  Float32Array [0, 0.84.., 0.90..]
 */
import type { FloatType } from "../../compiler/graph/types.ts";
import { helperOps, laneCount } from "../../compiler/loop/ir.ts";
import { compiled, instantiate, placeOf, planOf, viewOf } from "../wasm/support.ts";

export type Floats = Float32Array | Float64Array;
export type Helper = (...args: readonly Floats[]) => Floats;

/** Elements a call of the kernel works on; longer arrays take several. */
const blockElements = 2 ** 14;

export const floats = (dtype: FloatType, values: number | Iterable<number>): Floats => {
  const array = dtype === "f32" ? Float32Array : Float64Array;
  return typeof values === "number" ? new array(values) : array.from(values);
};

export async function helper(op: string, dtype: FloatType): Promise<Helper> {
  const names = ["a", "b"].slice(0, helperOps[op]);
  const loads = names.map((name) => `load ${name}[j]`).join(", ");
  const loop = `for j in 0..${blockElements} step ${laneCount(dtype)}`;
  const zeros = { dtype, values: new Array<number>(blockElements).fill(0) };
  const buffers = Object.fromEntries([...names, "y"].map((name) => [name, zeros]));
  const plan = planOf(`func run ${dtype}\n  ${loop}\n    store y[j] = ${op}(${loads})`, buffers, 1);
  const instance = instantiate(await compiled(plan), plan, buffers);
  const view = (name: string) => viewOf(instance.memory, placeOf(plan, name));

  return (...args) => {
    const result = floats(dtype, args[0]!.length);
    for (let from = 0; from < result.length; from += blockElements) {
      names.forEach((name, i) => {
        view(name).set(args[i]!.subarray(from, from + blockElements));
      });
      instance.call("run", 1);
      result.set(view("y").subarray(0, Math.min(blockElements, result.length - from)), from);
    }
    return result;
  };
}

/** Whether each lane gets the bits that it gets beside equal lanes. */
export function lanesAreAlone(run: Helper, dtype: FloatType, ...args: readonly (readonly number[])[]): boolean {
  const lanes = laneCount(dtype);
  const together = run(...args.map((values) => floats(dtype, values)));
  const repeated = run(
    ...args.map((values) =>
      floats(
        dtype,
        values.flatMap((value) => new Array(lanes).fill(value)),
      ),
    ),
  );
  return together.every((value, i) => Object.is(value, repeated[i * lanes]));
}
