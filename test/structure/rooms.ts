/**
 * The rooms of the compiler, the lowest first, and which others each may read: only rooms that stand before it. A room is a folder,
 * or those files of one that stand lower than the rest of it; a file belongs to the longest path that holds it.
 */

import type { ImportGraph } from "./imports.ts";

export interface Room {
  readonly name: string;
  readonly holds: readonly string[];
  readonly reads: readonly string[];
}

const room = (name: string, holds: string, reads: string): Room => ({
  name,
  holds: holds.split(" "),
  reads: reads === "" ? [] : reads.split(" "),
});

export const rooms: readonly Room[] = [
  room("runtime", "runtime", ""),
  room("text", "compiler/numbering.ts compiler/visible.ts compiler/file-name.ts", ""),
  room("options", "compiler/option-kinds.ts", "runtime"),
  room("data", "compiler/data", "runtime options"),
  room("types", "compiler/diagnostics.ts compiler/graph/types.ts compiler/graph/origin.ts", "runtime"),
  room("stages", "compiler/stages.ts", "types"),
  room("kernel", "compiler/loop/kernel.ts compiler/loop/monoids.ts compiler/loop/buffer.ts", "types"),
  room("graph", "compiler/graph", "types kernel"),
  room("ops", "compiler/ops", "runtime types kernel graph"),
  room("simplify", "compiler/simplify", "text types graph ops"),
  room("adjoint", "compiler/adjoint", "types graph ops simplify"),
  room("read", "compiler/read", "text types graph ops adjoint"),
  room("dsl", "compiler/dsl", "runtime data types graph ops simplify adjoint read"),
  room("program", "compiler/program", "types stages graph ops simplify adjoint dsl"),
  room("freeze", "compiler/freeze", "types graph ops"),
  room("fuse", "compiler/fuse", "types kernel graph ops"),
  room("layout", "compiler/layout", "types kernel graph ops fuse"),
  room("loop", "compiler/loop", "text types kernel graph ops"),
  room("plan", "compiler/plan", "text types kernel graph fuse loop"),
  room("lower", "compiler/lower", "types kernel graph ops fuse loop plan"),
  room("wasm", "compiler/wasm", "runtime text types kernel loop plan"),
  room("pipeline", "compiler/pipeline.ts", "types stages kernel graph simplify fuse layout loop plan lower"),
  room("module", "compiler/module.ts", "types graph freeze loop plan wasm pipeline"),
  room("flops", "compiler/flops.ts", "graph"),
  room("bindings", "compiler/bindings", "runtime text data types graph program freeze plan pipeline flops"),
  room("budget", "compiler/budget.ts", "types dsl flops bindings"),
  room(
    "compile",
    "compiler/compile.ts compiler/compile-options.ts",
    "runtime options types stages graph dsl program freeze loop wasm pipeline module bindings budget",
  ),
  room("tune", "compiler/tune", "data types kernel graph loop plan wasm module"),
  room("targets", "compiler/targets", "runtime text types wasm bindings"),
  room(
    "tasks",
    "compiler/tasks",
    "runtime text options data types stages kernel graph ops adjoint read dsl program fuse loop plan wasm pipeline flops bindings budget compile tune targets",
  ),
  room("public", "compiler/index.ts", "data types stages read bindings compile tasks"),
  room("plugin", "compiler/plugin", "runtime text data types graph read dsl program bindings compile tasks"),
  room(
    "cli",
    "compiler/cli",
    "runtime text data types stages graph adjoint read loop flops bindings compile tune targets tasks",
  ),
];

/** What is wrong: a file of no room, an import that the table does not have, an entry that no import needs. */
export function faultsOf(graph: ImportGraph, table: readonly Room[]): string[] {
  const roomOf = (file: string): Room | undefined => {
    const reach = ({ holds }: Room): number =>
      Math.max(0, ...holds.filter((path) => file === path || file.startsWith(`${path}/`)).map((path) => path.length));
    return table.filter((one) => reach(one) > 0).sort((a, b) => reach(b) - reach(a))[0];
  };
  const faults: string[] = [];
  const used = new Set<string>();
  for (const [file, imports] of graph) {
    const from = roomOf(file);
    if (from === undefined) faults.push(`${file} is in no room`);
    for (const path of imports) {
      const to = roomOf(path);
      if (from === undefined || to === undefined || to === from) continue;
      used.add(`${from.name} reads ${to.name}`);
      if (!from.reads.includes(to.name)) faults.push(`${file} imports ${path}: ${from.name} may not read ${to.name}`);
    }
  }
  for (const [at, { name, reads }] of table.entries()) {
    for (const other of reads) {
      if (!table.slice(0, at).some((lower) => lower.name === other))
        faults.push(`${name} reads ${other}, which is not below`);
      if (!used.has(`${name} reads ${other}`)) faults.push(`${name} does not need to read ${other}`);
    }
  }
  return faults;
}
