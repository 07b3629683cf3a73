/** Long sums in blocks: which have them, how accurate they are, in what order they add up, and what infinity does to them. */
import { batchSum, dense, elementwise, meanSquaredError, model, sgd, sub, sum } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { FloatType } from "../../compiler/graph/types.ts";
import { interpretFunction } from "../../compiler/loop/interpret.ts";
import { parseFunction } from "../../compiler/loop/parse.ts";
import { printFunction } from "../../compiler/loop/print.ts";
import { tilesLike } from "../../compiler/loop/same-bits.ts";
import { printTile } from "../../compiler/loop/tiling.ts";
import { vectorize } from "../../compiler/loop/vectorize.ts";
import { subexpressions } from "../../compiler/loop/walk.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { firstFault, firstOtherBits } from "../support/close.ts";
import { loopModule } from "../support/run-loops.ts";
import { leafValues, tiledKernels, tolerance } from "../support/stages.ts";

const columnSums = "graph g(x: f32[n,3])\n y: f32[3] = sum x axes=[0] keep=false\n return y";
const wholeSum = "graph g(x: f32[n,5])\n y: f32[] = sum x axes=[0,1] keep=false\n return y";
const dw = `graph g(x: f32[n,6], dy: f32[n,5])
  t: f32[6,n] = transpose x permutation=[1,0]
  y: f32[6,5] = matmul t dy
  return y`;
/** Two reduced axes that no index walks through as one; a row of width W is a part of a block, a block, or several. */
const twoAxes = (width: number) => `graph g(x: f32[n,2,${width}])
  y: f32[2] = sum x axes=[0,2] keep=false
  return y`;

const tileOf = (text: string, batch: number) => printTile(tiledKernels(text, batch)[0]!.tile);

describe("which sums", () => {
  test("those of as many rounds; with fewer rows a tile is what it was", () => {
    expect(tileOf(columnSums, 255)).toBe("lanes along i0 x1");
    expect(tileOf(columnSums, 256)).toBe("lanes along i0 x1, sums by 8 from 256");
    expect(tileOf(dw, 1023)).not.toContain("sums");
    expect(tileOf(dw, 1024)).toContain("sums by 64 from 1024");
    expect(tileOf("graph g(; x: f32[4080])\n y: f32[] = sum x axes=[0] keep=false\n return y", 1)).toBe(
      "lanes across r0 x4",
    );
    expect(tileOf("graph g(; x: f32[4096])\n y: f32[] = sum x axes=[0] keep=false\n return y", 1)).toBe(
      "lanes across r0 x4, sums by 8 from 256",
    );
    expect(tileOf("graph g(; x: f32[9999])\n y: f32[] = max x axes=[0] keep=false\n return y", 1)).toBe(
      "lanes across r0 x4",
    );
  });

  test("as loops", () => {
    const [{ kernel, tile }] = tiledKernels(columnSums, 1000) as [ReturnType<typeof tiledKernels>[number]];
    const loops = vectorize([{ kernel, tile }], "f32");
    expect(printFunction(parseFunction(printFunction(loops)))).toBe(printFunction(loops));
    expect(printFunction(loops)).toMatchInlineSnapshot(`
      "func g.0 f32
        for i0 in 0..3 step 3
          let high0 = 0
          let low1 = 0
          for r0 in 0..down(n, 256) step 8
            let acc2 = 0
            for r0' in 0..8 step 1
              set acc2 = add(acc2, load x[3*r0 + i0 + 3*r0']:3)
            let v3 = add(high0, acc2)
            let v4 = sub(v3, high0)
            set low1 = add(low1, add(sub(high0, sub(v3, v4)), sub(acc2, v4)))
            set high0 = v3
          let acc5 = 0
          for r0 in down(n, 256)..n step 1
            set acc5 = add(acc5, load x[3*r0 + i0]:3)
          let v6 = add(high0, acc5)
          let v7 = sub(v6, high0)
          set low1 = add(low1, add(sub(high0, sub(v6, v7)), sub(acc5, v7)))
          set high0 = v6
          let v8 = select(eq(low1, low1), add(high0, low1), high0)
          store %out/y[i0]:3 = v8"
    `);
  });
});

describe.each(["f32", "f64"] as const)("against the graph's interpreter, %s", (dtype) => {
  const texts = { columnSums, wholeSum, dw, 3: twoAxes(3), 20: twoAxes(20), 130: twoAxes(130), 300: twoAxes(300) };
  test.each(Object.entries(texts))("%s", (_, template) => {
    const graph = parseGraph(template.replaceAll("f32", dtype));
    const batch = template === dw ? 1100 : template === twoAxes(300) || template === twoAxes(130) ? 5 : 530;
    const module = loopModule(graph, { batch, dtype, simplify: false });
    for (const rows of [1, 2, 5, 255, 256, 257, 512, 527, 1024, 1091].filter((n) => n <= batch)) {
      const call = { rows, leaves: leafValues(graph, rows) };
      expect(firstFault(module.run(call), interpret(graph, call), tolerance[dtype]), `${rows} rows`).toBeUndefined();
    }
  });
});

describe("the order", () => {
  test.each([
    ["columns", columnSums, [100, 255, 300, 600]],
    ["a whole sum", wholeSum, [100, 300, 700, 900]],
    ["rows of 20", twoAxes(20), [5, 12, 13, 300]],
    ["rows of 300", twoAxes(300), [1, 2, 3]],
  ])("is a function of the rows of a call, not of the batch: %s", (_, text, counts) => {
    const graph = parseGraph(text);
    const large = loopModule(graph, { batch: 1000, dtype: "f32" });
    for (const rows of counts) {
      const call = { rows, leaves: leafValues(graph, rows) };
      const exact = loopModule(graph, { batch: rows, dtype: "f32" }).run(call);
      expect(firstOtherBits(large.run(call), exact), `${rows} rows`).toBeUndefined();
    }
  });

  test("is that of every tile of a kernel", () => {
    const [{ kernel, tile }] = tiledKernels(dw, 1100) as [ReturnType<typeof tiledKernels>[number]];
    const leaves = leafValues(parseGraph(dw), 1100);
    const results = tilesLike(tile, kernel, { dtype: "f32", batch: 1100 }).map((other) => {
      const y = new Float64Array(30);
      const read = subexpressions(kernel.stores[0]!.value).flatMap((e) => (e.kind === "load" ? [e.buffer] : []));
      const buffers = new Map([...read.map((b) => [b, leaves.get(b.name)!] as const), [kernel.stores[0]!.buffer, y]]);
      interpretFunction(vectorize([{ kernel, tile: other }], "f32"), { buffers, rows: 1100 });
      return [...y];
    });
    expect(results.length).toBeGreaterThan(5);
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

const rows = 400_000;
const constants = [0.1, 0.7, 1.37, 3.3];

/** The exact sum of equal terms, rounded as an element. */
const relative = (got: number, want: number): number => Math.abs(got / want - 1);

describe.each([
  ["f32", 1.2e-7],
  ["f64", 3e-16],
] as const)("accuracy in %s", (dtype: FloatType, bound: number) => {
  const round = dtype === "f32" ? Math.fround : (x: number) => x;

  test("the mean over 400,000 equal squares, and the gradient of the bias", async () => {
    const line = model({
      inputs: { x: [1] },
      targets: { t: [1] },
      batch: rows,
      forward: ({ x }) => ({ y: dense(x, 1, { name: "y" }) }),
      loss: ({ y }, { t }) => meanSquaredError(y, t),
      optimizer: sgd({ rate: 1 }),
    });
    const net = await load((await compile(line, { dtype })).wasm as Uint8Array<ArrayBuffer>);
    for (const constant of constants) {
      const [x, square] = [round(constant), round(round(constant) ** 2)];
      // From a bias of 0, a step of rate 1 leaves the gradient.
      net.parameters["y.weight"]![0] = 1;
      net.parameters["y.bias"]![0] = 0;
      const call = [{ x: new Float64Array(rows).fill(x) }, { t: new Float64Array(rows) }] as const;
      expect(relative(net.evaluate(...call).loss, square)).toBeLessThan(bound);
      net.step(...call);
      expect(relative(-net.parameters["y.bias"]![0]!, 2 * x)).toBeLessThan(bound);
    }
  });

  test("a sum over 400,000 elements of one example, and a dense layer that wide", async () => {
    const square = elementwise((x: number) => x * x);
    const wide = model({
      inputs: { x: [rows] },
      targets: { t: [1] },
      batch: 1,
      forward: ({ x }) => ({ total: sum(square(x)), y: dense(x, 1, { name: "y" }) }),
      loss: ({ y }, { t }) => meanSquaredError(y, t),
      optimizer: sgd({ rate: 1 }),
    });
    const net = await load((await compile(wide, { dtype })).wasm as Uint8Array<ArrayBuffer>);
    for (const constant of constants) {
      const x = round(constant);
      net.parameters["y.weight"]!.fill(x);
      const { total, y } = net.infer({ x: new Float64Array(rows).fill(x) });
      expect(relative(total![0]!, rows * round(x * x))).toBeLessThan(bound);
      expect(relative(y![0]!, rows * round(x * x))).toBeLessThan(bound === 1.2e-7 ? 1e-6 : 2e-15);
    }
  });
});

const many = 10_000;

test("infinite and NaN terms give what a plain sum gives", async () => {
  const total = model({
    inputs: { x: [1] },
    targets: { t: [1] },
    batch: many,
    forward: ({ x }) => ({ y: dense(x, 1, { name: "y" }) }),
    loss: ({ y }, { t }) => batchSum(sum(sub(y, t))),
    optimizer: sgd({ rate: 1 }),
  });
  const net = await load((await compile(total)).wasm as Uint8Array<ArrayBuffer>);
  net.parameters["y.weight"]![0] = 1;
  const lossOf = (...some: [at: number, value: number][]) => {
    const x = new Float32Array(many).fill(1);
    for (const [at, value] of some) x[at] = value;
    return net.evaluate({ x }, { t: new Float32Array(many) }).loss;
  };
  expect(lossOf()).toBe(many);
  for (const at of [0, 127, 128, 1500, many - 1]) {
    expect(lossOf([at, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(lossOf([at, Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
    expect(lossOf([at, Number.NaN])).toBeNaN();
  }
  expect(lossOf([3, Number.POSITIVE_INFINITY], [9000, Number.NEGATIVE_INFINITY])).toBeNaN();
  expect(lossOf([3, 3e38], [4, 3e38])).toBe(Number.POSITIVE_INFINITY);
});
