import { expect, test } from "vitest";
import { mapBodies } from "../../compiler/graph/body.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { add } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { scanOp } from "../../compiler/ops/scan.ts";

const rnn = `graph main(x: f64[n,3,2], u: f64[2,2]; )
  start: f64[n,2] = broadcast 0
  h: f64[n,2] = scan1 start x u result=0
  all: f64[n,3,2] = scan1 start x u result=1
  return h = h, all = all
  scan1 over 3, 1 element
    graph(x0: f64[n,2], w0: f64[2,2]; h0: f64[n,2])
      %1: f64[n,2] = matmul h0 w0
      %2: f64[n,2] = add %1 x0
      update h0 = %2
      return each = %2`;

test("a loop's body is text that reads back", () => {
  const graph = parseGraph(rnn);
  expect(printGraph(parseGraph(printGraph(graph)))).toBe(printGraph(graph));
  expect(printGraph(graph)).toContain("scan1 over 3, 1 element");
});

test("each turn has what the one before made", () => {
  const { outputs } = interpret(parseGraph(rnn), {
    rows: 1,
    leaves: new Map([
      ["x", [1, 2, 3, 4, 5, 6]],
      ["u", [2, 0, 0, 3]],
    ]),
  });
  expect([...outputs.get("all")!]).toEqual([1, 2, 5, 10, 15, 36]);
  expect([...outputs.get("h")!]).toEqual([15, 36]);
});

test("a body of which just what it hands on has changed is another body", () => {
  const more = mapBodies(
    parseGraph(rnn),
    (body) => ({ ...body, updates: body.updates.map(({ state, value }) => ({ state, value: add(value, 1) })) }),
    scanOp,
  );
  const { outputs } = interpret(more, {
    rows: 1,
    leaves: new Map([
      ["x", [1, 2, 3, 4, 5, 6]],
      ["u", [2, 0, 0, 3]],
    ]),
  });
  expect([...outputs.get("all")!]).toEqual([1, 2, 7, 13, 21, 48]);
  expect([...outputs.get("h")!]).toEqual([22, 49]);
});
