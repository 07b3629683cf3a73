/** Loops of every kind at every level: interpreter, loops and Wasm agree, and gradients are those of central differences. */
import {
  add,
  classes,
  conv2d,
  dense,
  dropout,
  embedding,
  grad,
  greater,
  type Model,
  matmul,
  mean,
  meanSquaredError,
  model,
  mul,
  normal,
  parameter,
  reshape,
  scan,
  sgd,
  softmax,
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
  where,
} from "nabla";
import { describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { firstFault } from "../support/close.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { loopModule } from "../support/run-loops.ts";

const optimizer = sgd({ rate: 0.1 });
const batch = 3;

/** Learns y from what `forward` makes of x, five elements of [2, 3]. */
const learning = (forward: (x: Tensor) => Tensor, y: readonly number[] = [4]): Model =>
  model({
    inputs: { x: [5, 2, 3] },
    targets: { y },
    batch,
    forward: ({ x }) => ({ out: forward(x) }),
    loss: ({ out }, { y: want }) => meanSquaredError(out, want),
    optimizer,
  }) as unknown as Model;

const matrix = (extents: readonly [number, number]) => parameter(extents, normal(0.5));

const models: Record<string, Model> = {
  "what the last turn gave": learning(
    (x) => scan([4], x, (h, e) => tanh(add(dense(reshape(e, [6]), 4), matmul(h, matrix([4, 4]))))).last,
  ),
  "what every turn gave": learning((x) => {
    const { each } = scan([4], x, (h, e) => tanh(add(dense(reshape(e, [6]), 4), matmul(h, matrix([4, 4])))));
    return dense(reshape(each, [20]), 4);
  }),
  "both, backwards": learning((x) => {
    const u = matrix([4, 4]);
    const { last, each } = scan(
      parameter([4], normal(0.5)),
      x,
      (h, e) => tanh(add(dense(reshape(e, [6]), 4), matmul(h, transpose(u)))),
      { backwards: true },
    );
    return add(last, mul(mean(each, 0), 2));
  }),
  "values that change places": learning((x) => {
    const { a, b } = scan({ a: [4], b: [4] }, x, ({ a, b }, e) => ({
      a: b,
      b: add(a, dense(reshape(e, [6]), 4)),
    }));
    return sub(a.last, mul(b.last, 0.5));
  }),
  "a loop in a loop": learning((x) => {
    const w = matrix([4, 4]);
    const { last } = scan([4], x, (h, e) => {
      const inner = scan(h, e, (g, f) => tanh(add(dense(f, 4, { name: "in" }), matmul(g, w))));
      return add(inner.last, mul(mean(inner.each, 0), 0.5));
    });
    return last;
  }),
  "one loop after another": learning((x) => {
    const first = scan([3], x, (h, e) => tanh(add(sum(e, 0), mul(h, 0.5))));
    return scan([4], first.each, (h, e) => tanh(add(dense(e, 4), mul(h, 0.3)))).last;
  }),
  "choices, shares, draws": learning((x) => {
    const keep = dropout(sum(x, 0), 0.3);
    return scan([4], x, (h, e) => {
      const p = softmax(dense(reshape(add(e, keep), [6]), 4));
      return where(greater(h, 0.2), mul(h, p), add(h, p));
    }).last;
  }),
  "an average of pictures": learning((x) => {
    const { last } = scan([2, 3], x, (h, e) => add(mul(h, 0.9), mul(e, 0.1)));
    return dense(reshape(last, [6]), 4);
  }),
  "a convolution in each turn": learning((x) => {
    const { last } = scan([2, 3, 1], x, (h, e) =>
      tanh(conv2d(add(h, reshape(e, [2, 3, 1])), 1, { kernel: 3, padding: 1 })),
    );
    return dense(reshape(last, [6]), 4);
  }),
  "one turn": model({
    inputs: { x: [1, 3] },
    targets: { y: [4] },
    batch,
    forward: ({ x }) => ({ out: scan([4], x, (h, e) => tanh(add(dense(e, 4), h))).last }),
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer,
  }) as unknown as Model,
  "words, read before": model({
    inputs: { words: classes(7, [5]) },
    targets: { y: [4] },
    batch,
    forward({ words }) {
      const { last } = scan([4], embedding(words, 3), (h, e) => tanh(add(dense(e, 4), mul(h, 0.5))));
      return { out: last };
    },
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer,
  }) as unknown as Model,
  "words, read in each turn": model({
    inputs: { words: classes(7, [5]) },
    targets: { y: [4] },
    batch,
    forward({ words }) {
      const { last } = scan([4], words, (h, word) => tanh(add(embedding(word, 4), mul(h, 0.5))));
      return { out: last };
    },
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer,
  }) as unknown as Model,
  "a derivative of the loop": learning((x) => {
    const { last } = scan([4], x, (h, e) => tanh(add(dense(reshape(e, [6]), 4), mul(h, 0.7))));
    const slope = grad(sum(last), x);
    return dense(reshape(slope, [30]), 4);
  }),
};

describe.each(Object.entries(models))("%s", (_name, made) => {
  const program = buildProgram(made, { dtype: "f64" });

  test("gradients are those of central differences", () => {
    expectModelGradients(program, 2);
  });

  test.each([
    ["as it is", {}],
    ["nothing simplified, nothing joined", { simplify: false, fuse: false }],
  ] as const)("loops and Wasm compute what the graph says, %s", async (_how, options) => {
    for (const graph of [program.step, program.evaluate]) {
      const settings = { batch, dtype: "f64", ...options } as const;
      const [loops, wasm] = [loopModule(graph, settings), await graphModule(graph, settings)];
      for (let rows = 1; rows <= batch; rows++) {
        const random = new Random(rows);
        const leaves = new Map(
          [...graph.inputs, ...graph.states].map((leaf) => {
            const count = elementCount(leaf.type.dims, rows);
            const isLabel = leaf.type.dtype === "i32";
            const draw = () => (isLabel ? random.integer(0, 6) : random.array(1, -1, 1)[0]!);
            return [leaf, Float64Array.from({ length: count }, draw)] as const;
          }),
        );
        const call = { rows, leaves, seed: 5, step: 2 };
        const want = interpret(graph, call);
        expect(firstFault(loops.run(call), want, 1e-12), `loops, ${rows} rows`).toBeUndefined();
        expect(firstFault(wasm.run(call), want, 1e-10), `Wasm, ${rows} rows`).toBeUndefined();
      }
    }
  });
});
