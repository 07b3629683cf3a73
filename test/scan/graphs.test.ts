/** Loops that the DSL seldom makes: one op on several inputs, several ops on the same ones, scalars behind a loop. */
import { expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { firstFault } from "../support/close.ts";
import { graphModule } from "../support/run-graph.ts";

const body = (name: string, line: string): string => `
  ${name} over 3, 1 element
    graph(x0: f64[n], w0: f64[]; h0: f64[n])
      %1: f64[n] = mul h0 w0
      %2: f64[n] = ${line}
      %3: f64[] = sum x0 axes=[0] keep=false
      update h0 = %2
      return each = %2, sum = %3`;

const head = "graph main(x: f64[n,3], z: f64[n,3], s: f64[n], w: f64[])";

test.each([
  [
    "one body on two inputs, another result of each",
    `  a: f64[n] = scan1 s x w result=0
  b: f64[n,3] = scan1 s z w result=1
  return a = a, b = b${body("scan1", "add %1 x0")}`,
  ],
  [
    "two bodies on the same inputs",
    `  a: f64[n] = scan1 s x w result=0
  b: f64[n] = scan2 s x w result=0
  return a = a, b = b${body("scan1", "add %1 x0")}${body("scan2", "sub %1 x0")}`,
  ],
  [
    "a scalar behind a loop whose result is one for each turn",
    `  a: f64[3] = scan1 s x w result=2
  m: f64[] = sum x axes=[0,1] keep=false
  y: f64[] = mul m 0.5
  return a = a, y = y${body("scan1", "add %1 x0")}`,
  ],
])("%s", async (_name, lines) => {
  const graph = parseGraph(`${head}\n${lines}`);
  const values = (count: number, by: number) => Array.from({ length: count }, (_, i) => Math.sin(by * (i + 1)));
  for (const options of [{}, { simplify: false }, { fuse: false }]) {
    const module = await graphModule(graph, { batch: 2, dtype: "f64", ...options });
    for (const rows of [1, 2]) {
      const leaves = new Map([
        ["x", values(3 * rows, 1)],
        ["z", values(3 * rows, 2)],
        ["s", values(rows, 3)],
        ["w", [0.7]],
      ]);
      expect(firstFault(module.run({ rows, leaves }), interpret(graph, { rows, leaves }), 1e-14)).toBeUndefined();
    }
  }
});

test("a scalar never joins the group of a loop", async () => {
  const graph = parseGraph(`graph main(x: f64[n,3], s: f64[n], w: f64[]; v: f64[])
  m: f64[] = sum x axes=[0,1] keep=false
  a: f64[] = scan1 0 x w result=0
  r: f64[] = reshape m
  y: f64[] = mul r v
  z: f64[] = add y a
  return z = z, y = y
  scan1 over 3, 1 element
    graph(x0: f64[n], w0: f64[]; h0: f64[])
      %1: f64[] = sum x0 axes=[0] keep=false
      %2: f64[] = mul h0 w0
      %3: f64[] = add %1 %2
      update h0 = %3`);
  const module = await graphModule(graph, { batch: 1, dtype: "f64", simplify: false });
  const leaves = new Map([
    ["x", [1, 2, 3]],
    ["s", [0]],
    ["w", [2]],
    ["v", [10]],
  ]);
  expect(Object.fromEntries(module.run({ rows: 1, leaves }).outputs)).toEqual({
    y: Float64Array.of(60),
    z: Float64Array.of(60 + 11),
  });
});

test("a sum in memory, given of every turn, begins with zeros in its own turn alone", async () => {
  const graph = parseGraph(`graph main(x: f64[n,3,2], l: i32[n,3], s: f64[n])
  a: f64[3,2,2] = scan1 s x l result=1
  return a = a
  scan1 over 3, 2 elements
    graph(x0: f64[n,2], x1: i32[n]; h0: f64[n])
      %1: f64[2,2] = scatterAdd x0 x1 classes=2
      update h0 = h0
      return each = %1`);
  const module = await graphModule(graph, { batch: 2, dtype: "f64" });
  const leaves = new Map([
    ["x", Array.from({ length: 12 }, (_, i) => i + 1)],
    ["l", [0, 1, 0, 0, 0, 1]],
    ["s", [0, 0]],
  ]);
  const { outputs } = module.run({ rows: 2, leaves });
  expect([...outputs.get("a")!]).toEqual([1 + 7, 2 + 8, 0, 0, 9, 10, 3, 4, 5, 6, 11, 12]);
});

test("each turn has a long sum over rows and more of its own", async () => {
  const graph = parseGraph(`graph main(x: f64[n,3,50,8], s: f64[])
  a: f64[3,8] = scan1 s x result=1
  return a = a
  scan1 over 3, 1 element
    graph(x0: f64[n,50,8]; h0: f64[])
      %1: f64[8] = sum x0 axes=[0,1] keep=false
      %2: f64[] = add h0 1
      update h0 = %2
      return each = %1`);
  const module = await graphModule(graph, { batch: 120, dtype: "f64" });
  const leaves = new Map([
    ["x", Array.from({ length: 120 * 3 * 50 * 8 }, (_, at) => at % 7)],
    ["s", [0]],
  ]);
  expect(firstFault(module.run({ rows: 120, leaves }), interpret(graph, { rows: 120, leaves }), 1e-14)).toBeUndefined();
});
