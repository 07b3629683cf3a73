/** What init of a module gives: orthogonal matrices, and the same bits in every engine. */
import { createHash } from "node:crypto";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  mean,
  meanSquaredError,
  model,
  mul,
  normal,
  ones,
  orthogonal,
  parameter,
  sgd,
  truncatedNormal,
  uniformInit,
  zeros,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { FloatType } from "../../compiler/graph/types.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectClose, initialStates } from "./support.ts";

const modelOf = (dims: readonly number[], initializer: Initializer) =>
  model({
    inputs: { x: [] },
    targets: { y: [] },
    batch: 1,
    forward: ({ x }) => ({ y: mul(x, mean(parameter(dims, initializer, { name: "w" }))) }),
    loss: ({ y }, targets) => meanSquaredError(y, targets.y),
    optimizer: sgd({ rate: 1 }),
  });

/** The parameter after init(seed), as a function of the seed. */
async function drawn(dims: readonly number[], initializer: Initializer, dtype: FloatType) {
  const net = await load((await compile(modelOf(dims, initializer), { dtype })).wasm as Uint8Array<ArrayBuffer>);
  return (seed: number) => {
    net.init(seed);
    return net.parameters.w!;
  };
}

describe("orthogonal", () => {
  /** The largest element of Q^T Q - I, of the shorter side. */
  function departure(q: ArrayLike<number>, rows: number, columns: number): number {
    const short = Math.min(rows, columns);
    const long = Math.max(rows, columns);
    const at = (along: number, across: number) =>
      q[rows >= columns ? along * columns + across : across * columns + along]!;
    let worst = 0;
    for (let a = 0; a < short; a++) {
      for (let b = 0; b <= a; b++) {
        let product = a === b ? -1 : 0;
        for (let i = 0; i < long; i++) product += at(i, a) * at(i, b);
        worst = Math.max(worst, Math.abs(product));
      }
    }
    return worst;
  }

  const shapes: (readonly number[])[] = [
    [1, 1],
    [2, 2],
    [3, 1],
    [1, 4],
    [5, 3],
    [3, 5],
    [17, 17],
    [64, 100],
    [100, 100],
    [2, 3, 4],
  ];
  test.each(shapes.map((dims) => [dims]))("of %j: to 1e-6 in f32, 2e-15 in f64", async (dims) => {
    const columns = dims.at(-1)!;
    const rows = dims.reduce((p, d) => p * d, 1) / columns;
    for (const [dtype, allowed] of [
      ["f32", 1e-6],
      ["f64", 2e-15],
    ] as const) {
      const init = await drawn(dims, orthogonal(), dtype);
      for (const seed of [1, 2, 3]) expect(departure(init(seed), rows, columns)).toBeLessThan(allowed);
    }
  });

  test("gain scales it", async () => {
    const [plain, scaled] = [await drawn([4, 3], orthogonal(), "f64"), await drawn([4, 3], orthogonal(2.5), "f64")];
    const expected = [...plain(1)].map((q) => 2.5 * q);
    expectClose([...scaled(1)], expected, 1e-14);
  });

  test("is spread evenly over all orthogonal matrices: moments of 4,000 draws", async () => {
    const n = 4;
    const init = await drawn([n, n], orthogonal(), "f64");
    const draws = Array.from({ length: 4000 }, (_, seed) => [...init(seed)]);
    const average = (f: (q: readonly number[]) => number) => draws.reduce((sum, q) => sum + f(q), 0) / draws.length;
    const trace = (q: readonly number[]) => q[0]! + q[5]! + q[10]! + q[15]!;
    const traceOfSquare = (q: readonly number[]) =>
      q.reduce((sum, value, i) => sum + value * q[(i % n) * n + Math.floor(i / n)]!, 0);
    // Diaconis and Shahshahani 1994: the trace of a power k has the mean 1 for even k, else 0, and the variance k.
    expect(Math.abs(average(trace))).toBeLessThan(0.07);
    expect(Math.abs(average((q) => trace(q) ** 2) - 1)).toBeLessThan(0.1);
    expect(Math.abs(average(traceOfSquare) - 1)).toBeLessThan(0.1);
    for (let element = 0; element < n * n; element++) {
      expect(Math.abs(average((q) => q[element]!))).toBeLessThan(0.035);
      expect(Math.abs(average((q) => q[element]! ** 4) - 3 / (n * (n + 2)))).toBeLessThan(0.02);
    }
  });
});

const all = {
  ...{ zeros, ones, constant: () => constant(0.1), uniformInit: () => uniformInit(-1, 2), normal: () => normal(0.3) },
  ...{ truncatedNormal: () => truncatedNormal(0.3), glorotUniform, glorotNormal, heUniform, heNormal },
  ...{ lecunUniform, lecunNormal, orthogonal },
};

test("the bits of seed 7, for every engine", async () => {
  const digests: Record<string, string> = {};
  for (const [name, initializer] of Object.entries(all)) {
    const values = (await drawn([6, 5], initializer(), "f32"))(7);
    digests[name] = createHash("sha256")
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .digest("hex")
      .slice(0, 16);
  }
  expect(digests).toMatchInlineSnapshot(`
    {
      "constant": "7bc709c034197cba",
      "glorotNormal": "e14e368d70fc167f",
      "glorotUniform": "6f460bf8c909dba7",
      "heNormal": "be01414f4a3bcf11",
      "heUniform": "c0018e285f724038",
      "lecunNormal": "157c474371c32135",
      "lecunUniform": "fd2d9f4f7a2d0e34",
      "normal": "3da17b65bc510f30",
      "ones": "c52f140690590096",
      "orthogonal": "94ecf4abe4944f95",
      "truncatedNormal": "17d49a4d03a2fea0",
      "uniformInit": "5a8d0c6742451ea3",
      "zeros": "6edd9f6f9cc92cde",
    }
  `);
});

test.each(Object.entries(all))("%s: the module and the interpreter agree", async (_name, initializer) => {
  const expected = initialStates(buildProgram(modelOf([6, 5], initializer()), { dtype: "f64" }), 7).get("w")!;
  expectClose((await drawn([6, 5], initializer(), "f64"))(7), [...expected], 1e-13);
  expectClose((await drawn([6, 5], initializer(), "f32"))(7), [...expected], 2e-6);
});
