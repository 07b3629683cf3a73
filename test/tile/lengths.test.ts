/** Every length from 1 to 67 of every axis, with every tail: loops against the graph's interpreter, both float types. */
import { describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { firstFault } from "../support/close.ts";
import { loopModule } from "../support/run-loops.ts";
import { dtypeOf, leafValues } from "../support/stages.ts";

const longest = 67;
/** Of the largest magnitude: a sum of 67 products in f32 loses a few units in the last place. */
const tolerance = { f32: 3e-6, f64: 1e-14 };

/** The graph at one length L, its values in F. */
type Template = string;

const elementwise: Template = `graph(x: F[n,L]; b: F[L])
  s: F[n,L] = add x b
  y: F[n,L] = relu s
  z: F[L] = mul b b
  return y, z`;

const columnSums: Template = `graph(x: F[n,L]; w: F[L,3])
  a: F[L] = sum x axes=[0] keep=false
  b: F[3] = sum w axes=[0] keep=false
  c: F[L] = max x axes=[0] keep=false
  return a, b, c`;

const rowSums: Template = `graph(x: F[n,L])
  a: F[n] = sum x axes=[1] keep=false
  e: F[n,L] = add x 1
  b: F[n,1] = max e axes=[1] keep=true
  m: F[n,L] = neg e
  c: F[n,1] = max m axes=[1] keep=true
  return a, b, c`;

const fullSums: Template = `graph(x: F[n,L]; w: F[L,5])
  d: F[n,L] = sub x 2
  a: F[] = sum d axes=[0,1] keep=false
  b: F[] = sum w axes=[0,1] keep=false
  c: F[] = max d axes=[0,1] keep=false
  return a, b, c`;

const middleSums: Template = `graph(x: F[n,L,3]; w: F[2,L,4])
  a: F[n,3] = sum x axes=[1] keep=false
  b: F[2,4] = max w axes=[1] keep=false
  c: F[L] = sum x axes=[0,2] keep=false
  return a, b, c`;

const matmulRows: Template = `graph(; a: F[L,3], b: F[3,5])
  y: F[L,5] = matmul a b
  return y`;

const matmulColumns: Template = `graph(x: F[n,3]; w: F[3,L], v: F[L,3])
  y: F[n,L] = matmul x w
  t: F[3,L] = transpose v permutation=[1,0]
  z: F[n,L] = matmul x t
  return y, z`;

const matmulReduced: Template = `graph(x: F[n,L]; w: F[L,5], v: F[5,L], u: F[L,1])
  y: F[n,5] = matmul x w
  t: F[L,5] = transpose v permutation=[1,0]
  z: F[n,5] = matmul x t
  s: F[n,1] = matmul x u
  return y, z, s`;

const weightGradient: Template = `graph(x: F[n,L], d: F[n,5])
  t: F[L,n] = transpose x permutation=[1,0]
  y: F[L,5] = matmul t d
  u: F[5,n] = transpose d permutation=[1,0]
  z: F[5,L] = matmul u x
  return y, z`;

/** Enough work a row for the tile of four rows, from 49 columns on. */
const tallTile: Template = `graph(x: F[n,21]; w: F[21,L], b: F[L])
  h: F[n,L] = matmul x w
  s: F[n,L] = add h b
  y: F[n,L] = relu s
  return y`;

/** The same with a fixed number of rows. */
const tallRows: Template = `graph(; a: F[L,27], b: F[27,39])
  y: F[L,39] = matmul a b
  return y`;

const templates = {
  ...{ elementwise, columnSums, rowSums, fullSums, middleSums },
  ...{ matmulRows, matmulColumns, matmulReduced, weightGradient, tallTile, tallRows },
};

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.entries(templates))("%s of every length", (_name, template) => {
    const last = template === tallRows ? 13 : longest;
    for (let length = 1; length <= last; length++) {
      const text = template.replaceAll("L", String(length)).replaceAll("F", dtype);
      expectSame(text, 5, [1, 2, 3, 4, 5]);
    }
  });

  test.each(Object.entries(templates))("%s with every number of rows", (_name, template) => {
    const rows = Array.from({ length: longest }, (_, i) => i + 1);
    for (const length of [1, 3, 4]) {
      expectSame(template.replaceAll("L", String(length)).replaceAll("F", dtype), longest, rows);
    }
  });
});

function expectSame(text: string, batch: number, rowCounts: readonly number[]): void {
  const graph = parseGraph(text);
  const dtype = dtypeOf(graph);
  const module = loopModule(graph, { batch, dtype, simplify: false });
  const needed = graph.inputs.length > 0 ? rowCounts : [1];
  for (const rows of needed) {
    const call = { rows, leaves: leafValues(graph, rows) };
    const fault = firstFault(module.run(call), interpret(graph, call), tolerance[dtype]);
    if (fault) expect.fail(`${rows} rows: ${fault}\n${text}`);
  }
}
