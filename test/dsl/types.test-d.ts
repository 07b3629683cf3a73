/** What TypeScript alone can tell of a model file: shapes flow, and a wrong one is red in the editor. */
import {
  adam,
  add,
  batchMean,
  classes,
  dense,
  embedding,
  gather,
  greater,
  heNormal,
  type Labels,
  logSoftmax,
  matmul,
  max,
  maximum,
  mean,
  meanSquaredError,
  model,
  mul,
  normal,
  oneHot,
  ones,
  type Parameter,
  parameter,
  relu,
  reshape,
  type Scalar,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  transpose,
  where,
} from "nabla";
import { expectTypeOf, test } from "vitest";

declare const three: Tensor<[3]>;
declare const four: Tensor<[4]>;
declare const image: Tensor<[28, 14]>;
declare const some: Tensor<[number]>;
declare const any: Tensor<number[]>;
declare const weight: Parameter<[3, 5]>;

test("inputs and targets are literal tuples without as const", () => {
  const built = model({
    inputs: { pixels: [784], age: [] },
    targets: { digit: classes(10), size: [2] },
    batch: 32,
    forward({ pixels, age }) {
      expectTypeOf(pixels).toEqualTypeOf<Tensor<[784]>>();
      expectTypeOf(age).toEqualTypeOf<Tensor<[]>>();
      const hidden = relu(dense(pixels, 128, { weight: heNormal() }));
      expectTypeOf(hidden).toEqualTypeOf<Tensor<[128]>>();
      return { logits: dense(hidden, 10), size: dense(hidden, 2) };
    },
    loss({ logits, size }, targets) {
      expectTypeOf(logits).toEqualTypeOf<Tensor<[10]>>();
      expectTypeOf(targets.digit).toEqualTypeOf<Labels<10>>();
      expectTypeOf(targets.size).toEqualTypeOf<Tensor<[2]>>();
      return add(softmaxCrossEntropy(logits, targets.digit), meanSquaredError(size, targets.size));
    },
    optimizer: adam({ rate: 1e-3 }),
  });
  expectTypeOf(built.spec.inputs.pixels).toEqualTypeOf<readonly [784]>();
});

const common = { batch: 8, optimizer: adam() };

test("a model is checked from end to end", () => {
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: classes(3) },
    // @ts-expect-error: no such input
    forward: ({ z }) => ({ logits: dense(z, 3) }),
    loss: ({ logits }, { y }) => softmaxCrossEntropy(logits, y),
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: classes(7) },
    forward: ({ x }) => ({ logits: dense(x, 10) }),
    // @ts-expect-error: 10 logits against 7 classes
    loss: ({ logits }, { y }) => softmaxCrossEntropy(logits, y),
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: classes(3) },
    forward: ({ x }) => ({ scores: dense(x, 3) }),
    // @ts-expect-error: forward returns scores, not logits
    loss: ({ logits }, { y }) => softmaxCrossEntropy(logits, y),
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: [] },
    forward: ({ x }) => ({ logits: dense(x, 3) }),
    // @ts-expect-error: one real number a row is neither a label nor a probability for each class
    loss: ({ logits }, { y }) => softmaxCrossEntropy(logits, y),
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: [3] },
    forward: ({ x }) => ({ y: dense(x, 3) }),
    // @ts-expect-error: a loss is one number, not one a row
    loss: ({ y }) => sum(y),
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: [3] },
    forward: ({ x }) => ({ y: dense(x, 3) }),
    loss: ({ y }, targets) => meanSquaredError(y, targets.y),
    // @ts-expect-error: there is no such option
    learningRate: 0.1,
  });
  model({
    ...common,
    inputs: { x: [4] },
    targets: { y: [3] },
    // @ts-expect-error: outputs are tensors
    forward: ({ x }) => ({ y: dense(x, 3), note: "text" }),
    loss: () => batchMean(three),
  });
});

test("elementwise functions broadcast the shapes of an example", () => {
  expectTypeOf(add(three, three)).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(add(three, 1)).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(mul(2, weight)).toEqualTypeOf<Tensor<[3, 5], false>>();
  expectTypeOf(mul(reshape(three, [3, 1]), weight)).toEqualTypeOf<Tensor<[3, 5]>>();
  expectTypeOf(add(four, reshape(three, [3, 1]))).toEqualTypeOf<Tensor<[3, 4]>>();
  expectTypeOf(add(some, three)).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(add(any, three)).toEqualTypeOf<Tensor<number[]>>();
  // @ts-expect-error: 3 and 4 do not fit
  add(three, four);
  // @ts-expect-error: 28 x 14 beside 3
  maximum(image, three);
  // @ts-expect-error: labels are not numbers to compute with
  add(three, {} as Labels<3>);
  // @ts-expect-error: one of the two is a tensor
  add(1, 2);
});

test("matmul wants equal inner extents", () => {
  expectTypeOf(matmul(three, weight)).toEqualTypeOf<Tensor<[5]>>();
  expectTypeOf(matmul(some, weight)).toEqualTypeOf<Tensor<[5]>>();
  expectTypeOf(matmul(transpose(weight), weight)).toEqualTypeOf<Tensor<[5, 5], false>>();
  expectTypeOf(matmul(image, transpose(image))).toEqualTypeOf<Tensor<[28, 28]>>();
  // @ts-expect-error: [4] times [3, 5]
  matmul(four, weight);
  // @ts-expect-error: the rows' matrix must be the same for all rows
  matmul(three, image);
});

test("layers", () => {
  expectTypeOf(dense(three, 7)).toEqualTypeOf<Tensor<[7]>>();
  expectTypeOf(dense(any, 7 as number)).toEqualTypeOf<Tensor<[number]>>();
  // @ts-expect-error: one vector a row
  dense(image, 7);
  // @ts-expect-error: no such option
  dense(three, 7, { biases: false });
  expectTypeOf(parameter([3, 5], ones())).toEqualTypeOf<Parameter<[3, 5]>>();
});

test("reductions drop the axes named", () => {
  expectTypeOf(sum(image)).toEqualTypeOf<Tensor<[]>>();
  expectTypeOf(sum(image, 0)).toEqualTypeOf<Tensor<[14]>>();
  expectTypeOf(max(image, -1)).toEqualTypeOf<Tensor<[28]>>();
  expectTypeOf(mean(image, [0, 1])).toEqualTypeOf<Tensor<[]>>();
  expectTypeOf(mean(image, 1, { keep: true })).toEqualTypeOf<Tensor<[28, 1]>>();
  expectTypeOf(sum(image, 0 as number)).toEqualTypeOf<Tensor<number[]>>();
  expectTypeOf(batchMean(image)).toEqualTypeOf<Scalar>();
});

test("reshape and transpose", () => {
  expectTypeOf(reshape(image, [392])).toEqualTypeOf<Tensor<[392]>>();
  expectTypeOf(transpose(image)).toEqualTypeOf<Tensor<[14, 28]>>();
  expectTypeOf(transpose(reshape(image, [4, 7, 14]), [2, 0, 1])).toEqualTypeOf<Tensor<[14, 4, 7]>>();
});

test("where chooses between shapes that fit the mask", () => {
  expectTypeOf(where(greater(three, 0), three, 0)).toEqualTypeOf<Tensor<[3]>>();
  expectTypeOf(logSoftmax(where(greater(weight, 0), 1, weight))).toEqualTypeOf<Tensor<[3, 5], false>>();
  // @ts-expect-error: a mask of 3 and values of 4
  where(greater(three, 0), four, 0);
});

test("losses want the same shape, not one that broadcasts", () => {
  expectTypeOf(meanSquaredError(three, three)).toEqualTypeOf<Scalar>();
  expectTypeOf(meanSquaredError(some, three)).toEqualTypeOf<Scalar>();
  // @ts-expect-error: [3] and [1]
  meanSquaredError(three, {} as Tensor<[1]>);
  // @ts-expect-error: [3] and [3, 1]
  meanSquaredError(three, {} as Tensor<[3, 1]>);
});

test("an input of classes becomes numbers by oneHot alone", () => {
  model({
    inputs: { colour: classes(4), words: classes(50, [7]) },
    targets: { price: [1] },
    batch: 32,
    forward({ colour, words }) {
      const table = parameter([50, 2, 3], normal(1));
      expectTypeOf(colour).toEqualTypeOf<Labels<4>>();
      expectTypeOf(words).toEqualTypeOf<Labels<50, [7]>>();
      expectTypeOf(oneHot(colour)).toEqualTypeOf<Tensor<[4]>>();
      expectTypeOf(embedding(colour, 8)).toEqualTypeOf<Tensor<[8]>>();
      expectTypeOf(embedding(words, 8)).toEqualTypeOf<Tensor<[7, 8]>>();
      expectTypeOf(gather(table, words)).toEqualTypeOf<Tensor<[7, 2, 3]>>();
      // @ts-expect-error Labels are no vector.
      dense(colour, 8);
      // @ts-expect-error A vector is no label.
      oneHot(three);
      // @ts-expect-error A vector is no label.
      embedding(three, 8);
      // @ts-expect-error A value of each row is no table.
      gather(three, words);
      // @ts-expect-error One score a class is no answer for seven words.
      softmaxCrossEntropy({} as Tensor<[50]>, words);
      return { price: dense(oneHot(colour), 1) };
    },
    loss: ({ price }, truth) => meanSquaredError(price, truth.price),
    optimizer: adam(),
  });
});
