/** A stage reads what stands below it, and nothing else. */
import { expect, test } from "vitest";
import { importGraph } from "./imports.ts";
import { faultsOf, type Room, rooms } from "./rooms.ts";

test("each file is in a room, and each room reads the rooms that the table says, all of them below", () => {
  expect(faultsOf(importGraph(["compiler", "runtime"]), rooms)).toEqual([]);
});

const table: readonly Room[] = [
  { name: "types", holds: ["c/graph/types.ts"], reads: [] },
  { name: "graph", holds: ["c/graph"], reads: ["types"] },
  { name: "wasm", holds: ["c/wasm"], reads: ["graph"] },
];

test.each([
  ["of a room above", ["c/graph/node.ts", "c/wasm/emit.ts"], "graph may not read wasm"],
  ["of a room below that is not its own", ["c/wasm/emit.ts", "c/graph/types.ts"], "wasm may not read types"],
  ["of a file in no room", ["c/wasm/emit.ts", "c/graph/node.ts", "c/other.ts"], "c/other.ts is in no room"],
  ["that nobody has any more", ["c/wasm/emit.ts"], "wasm does not need to read graph"],
])("an import %s is found", (_what, [file, ...imports], fault) => {
  const graph = new Map([[file as string, imports], ...imports.map((path): [string, string[]] => [path, []])]);
  expect(faultsOf(graph, table).join("; ")).toContain(fault);
});

test("a table that lets a room read upwards is refused", () => {
  expect(faultsOf(new Map(), table.toReversed())).toContain("graph reads types, which is not below");
});
