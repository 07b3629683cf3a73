/** Boxes, collapsed axes and loops compute what the kernel they were made of says: by the interpreters, on integers, exactly. */
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { collapseAxes } from "../../compiler/loop/collapse.ts";
import { interpretFunction } from "../../compiler/loop/interpret.ts";
import { interpretKernels } from "../../compiler/loop/interpret-kernel.ts";
import type { Kernel } from "../../compiler/loop/kernel.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";
import { splitKernel } from "../../compiler/loop/split.ts";
import { chooseTile } from "../../compiler/loop/tile.ts";
import { vectorize } from "../../compiler/loop/vectorize.ts";

const batch = 5;
const known: LoopBuffer[] = [
  { name: "x", dtype: "f64", elementCount: 200 },
  { name: "w", dtype: "f64", elementCount: 200 },
  { name: "y", dtype: "f64", elementCount: 200 },
  { name: "label", dtype: "i32", elementCount: 2 * batch, below: 4 },
];

/** What y and w are afterwards; what nothing writes is 99 in y. */
function valuesAfter(run: (buffers: ReadonlyMap<LoopBuffer, Float64Array>) => void): number[] {
  const values = (buffer: LoopBuffer, at: number) =>
    buffer.name === "y" ? 99 : buffer.below ? (at * 7) % buffer.below : ((at * 31) % 19) - 9;
  const buffers = new Map(
    known.map((buffer) => [buffer, Float64Array.from({ length: buffer.elementCount }, (_, at) => values(buffer, at))]),
  );
  run(buffers);
  return [...buffers.get(known[2]!)!, ...buffers.get(known[1]!)!];
}

test.each([
  "k [i0<n, i1<6]\n  y[6*i0 + i1] = where[q0 = i1 - 2, q0<3](x[3*i0 + q0]; 7)",
  "k [i0<n, i1<6]\n  y[6*i0 + i1] = sum[r0<3](where[q0 = i1 + r0 - 1, q0<6](add(x[6*i0 + q0], 1); 2))",
  "k [i0<n, i1<6]\n  y[6*i0 + i1] = max[r0<3](where[2*q0 = i1 - r0, q0<3](neg(x[3*i0 + q0])))",
  "k [i0<n]\n  y[i0] = sum[r0<5](add(where[q0 = r0, q0<3](x[3*i0 + q0]), where[q1 = r0 - 3, q1<2](w[q1]; 4)))",
  "k [i0<n, i1<4, i2<3]\n  y[12*i0 + 3*i1 + i2] = mul(x[12*i0 + 3*i1 + i2], w[12*i0 + 3*i1 + i2])",
  "k [i0<n, i1<4, i2<3]\n  y[12*i0 + 3*i1 + i2] = sub(x[12*i0 + i1 + 4*i2], w[i2])",
  "k [i0<4, i1<3]\n  y[3*i0 + i1] = sum[r0<n, r1<2](mul(x[8*r0 + 4*r1 + i0], w[6*r0 + 3*r1 + i1]))",
  "k [i0<n, i1<7]\n  y[7*i0 + i1] = add(sum[r0<9](mul(x[9*i0 + r0], w[7*r0 + i1])), w[i1])",
  "k [i0<n, i1<3]\n  y[3*i0 + i1] = sum[r0<2](x[5*label[2*i0 + r0] + i1])",
  "k [i0<n, i1<3]\n  y[3*label[2*i0] + i1] += x[3*i0 + i1]",
  "k [i0<n, i1<3]\n  y[3*label[2*i0] + i1] += where[q0 = i1 - 1, q0<1](x[i0]; x[3*i0 + i1])",
  "k [i0<n, i1<3]\n  y[3*i0 + i1] = prod[r0<2](x[3*r0 + i1])\n  w[3*i0 + i1] = add(y[3*i0 + i1], 1)",
  "k [i0<n, i1<3]\n  y[3*i0 + i1] = argmax[r0<7](x[7*i0 + r0], index(r0)).1",
  "k []\n  y[0] = argmax[r0<4](where[2*q0 = r0 + 1, q0<4](7; select(lt(index(r0), 1), 0, 7)), index(r0)).1",
  "k [i0<2]\n  y[i0] = sum[r0<3](x[r0])[r1<2](where[q0 = r1 - 2, q0<3](x[q0]))",
  "k [i0<n]\n  y[i0] = min[r0<4](where[q0 = r0 - 1, q0<2](x[2*i0 + q0]; 3))",
])("kernel %s", (text) => {
  const [kernel] = parseKernels(`kernel ${text}`, known) as [Kernel];
  const boxes = splitKernel(kernel);
  const collapsed = boxes.map(collapseAxes);
  const tiled = collapsed.map((one) => ({ kernel: one, tile: chooseTile(one, { dtype: "f64", batch }) }));
  for (const rows of [1, 4, 5]) {
    const by = (kernels: readonly Kernel[]) =>
      valuesAfter((buffers) => interpretKernels(kernels, "f64", { buffers, rows })).map((value) => value + 0);
    const want = by([kernel]);
    expect(by(boxes), "boxes").toEqual(want);
    expect(by(collapsed), "collapsed axes").toEqual(want);
    const loops = valuesAfter((buffers) => interpretFunction(vectorize(tiled, "f64"), { buffers, rows }));
    expect(
      loops.map((value) => value + 0),
      "loops",
    ).toEqual(want);
  }
});
