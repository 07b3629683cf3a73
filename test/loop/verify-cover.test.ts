/** What kernels of one nest store: whether all of a buffer, each element once. */
import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { parseKernels } from "../../compiler/loop/parse-kernel.ts";
import { verifyCover } from "../../compiler/loop/verify-cover.ts";

const batch = 5;
const buffers: LoopBuffer[] = [
  { name: "y", dtype: "f32", elementCount: 4 * batch },
  { name: "six", dtype: "f32", elementCount: 6 },
  { name: "label", dtype: "i32", elementCount: batch, below: 4 },
];
const verify = (text: string): void => verifyCover(parseKernels(text, buffers), batch);

test.each([
  ["rows", "kernel k [i0<4*n]\n  y[i0] = 1"],
  ["columns backwards", "kernel k [i0<n, i1<4]\n  y[4*i0 - i1 + 3] = 1"],
  ["a scatter", "kernel k [i0<n, i1<4]\n  y[4*label[i0] + i1] += 1"],
  ["boxes that meet", "kernel a of k [i0<2]\n  six[i0] = 1\nkernel b of k [i0<4]\n  six[i0 + 2] = 2"],
  ["phases of a stride", "kernel a of k [i0<3]\n  six[2*i0] = 1\nkernel b of k [i0<3]\n  six[2*i0 + 1] = 2"],
  ["the turns of a loop", "kernel k (t<2 backwards) [i0<3]\n  six[i0 + 3*t] = 1"],
  ["each turn anew", "kernel k (t<2) [i0<6]\n  six[i0] = 1"],
  [
    "a frame around each row",
    "kernel a of k [i0<n, i1<2]\n  y[4*i0 + i1 + 1] = 1\nkernel b of k [i0<n, i1<2]\n  y[4*i0 + 3*i1] = 0",
  ],
])("accepts %s", (_, text) => expect(() => verify(text)).not.toThrow());

test.each([
  ["a gap at the end", "kernel k [i0<5]\n  six[i0] = 1", "six[5] is stored by none"],
  ["a gap", "kernel a of k [i0<2]\n  six[i0] = 1\nkernel b of k [i0<3]\n  six[i0 + 3] = 2", "six[2] is stored by none"],
  [
    "an overlap",
    "kernel a of k [i0<3]\n  six[i0] = 1\nkernel b of k [i0<4]\n  six[i0 + 2] = 2",
    "six[2] is stored twice",
  ],
  [
    "a frame with a hole",
    "kernel a of k [i0<n, i1<2]\n  y[4*i0 + i1 + 1] = 1\nkernel b of k [i0<n]\n  y[4*i0] = 0",
    "kernels of k: y[3] is stored by none",
  ],
  ["points that meet", "kernel k [i0<6, i1<2]\n  six[i0] = 1", "six[0] is stored twice"],
  ["a turn that is missing", "kernel k (t<2) [i0<2]\n  six[i0 + 2*t] = 1", "six[4] is stored by none"],
])("refuses %s", (_, text, message) => expect(() => verify(text)).toThrow(message));
