/** The rows of a batch do not know of each other: n rows at once and one by one give the same bits in f32. */
import { expect, test } from "vitest";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { loopModule } from "../support/run-loops.ts";
import { leafValues } from "../support/stages.ts";

const batch = 11;

test.each([
  [
    "matmul, four rows a tile",
    `graph(x: f32[n,40]; w: f32[40,67], b: f32[67])
       h: f32[n,67] = matmul x w
       s: f32[n,67] = add h b
       y: f32[n,67] = relu s
       return y`,
  ],
  [
    "matmul, columns that no tile divides",
    "graph(x: f32[n,20]; w: f32[20,113])\n y: f32[n,113] = matmul x w\n return y",
  ],
  ["matmul, one row at a time", "graph(x: f32[n,7]; w: f32[7,5])\n y: f32[n,5] = matmul x w\n return y"],
  ["matrix by vector", "graph(x: f32[n,23]; w: f32[23,1])\n y: f32[n,1] = matmul x w\n return y"],
  [
    "matmul with transposed weights",
    `graph(x: f32[n,35]; w: f32[9,35])
       t: f32[35,9] = transpose w permutation=[1,0]
       y: f32[n,9] = matmul x t
       return y`,
  ],
  ["row sums", "graph(x: f32[n,29])\n y: f32[n] = sum x axes=[1] keep=false\n return y"],
  ["sums of three", "graph(x: f32[n,3])\n y: f32[n] = sum x axes=[1] keep=false\n return y"],
  [
    "row softmax",
    `graph(x: f32[n,10])
       m: f32[n,1] = max x axes=[1] keep=true
       d: f32[n,10] = sub x m
       e: f32[n,10] = exp d
       s: f32[n,1] = sum e axes=[1] keep=true
       y: f32[n,10] = div e s
       return y`,
  ],
])("%s", (_name, text) => {
  const graph = parseGraph(text);
  const module = loopModule(graph, { batch, dtype: "f32" });
  const all = leafValues(graph, batch);
  const input = (row: number, count: number) => {
    const width = all.get("x")!.length / batch;
    return new Map(all).set("x", all.get("x")!.slice(row * width, (row + count) * width));
  };
  const run = (row: number, rows: number) => module.run({ rows, leaves: input(row, rows) }).outputs.get("y")!;
  const single = Array.from({ length: batch }, (_, row) => [...run(row, 1)]);
  for (let rows = 2; rows <= batch; rows++) expect([...run(0, rows)]).toEqual(single.slice(0, rows).flat());
});
