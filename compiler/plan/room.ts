/**
 * Whether a module's memory can be addressed; where not, which values need it and how large a batch would fit.
 *
 *   the module needs 3,224,115,200 bytes of memory
 *     expected  at most 2,147,483,648 bytes
 *     got       input x: 3,136,000,000 bytes, f32[1000000,784]
 */
import { memoryTooLarge } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { bytesPerElement, elementCount } from "../graph/types.ts";
import type { Layout, LayoutRequest } from "./layout.ts";
import { bytesPerPage, maxPages } from "./place.ts";

const mostBytes = maxPages * bytesPerPage;

/** Throws a CompileError. */
export function requireRoom({ batch, states, inputs, outputs, functions }: LayoutRequest, layout: Layout): void {
  if (layout.pages <= maxPages) return;
  const needed = layout.pages * bytesPerPage;
  const temporaries = functions.flatMap(({ plan }) => plan.assignment.temporaries.map(({ node }) => node));
  const sized = (what: string) => (node: Node) => ({ what, node, bytes: bytesOf(node, batch) });
  const values = [
    ...states.map(sized("parameter or state")),
    ...inputs.map(sized("input or target")),
    ...outputs.map(({ name, node }) => sized(`output ${name}`)(node)),
    ...temporaries.map(sized("a value on the way")),
  ];
  const largest = values.toSorted((a, b) => b.bytes - a.bytes).slice(0, 3);
  const fits = rowsThatFit(layout, needed, batch, [...states, ...temporaries]);
  throw memoryTooLarge({ batch, needed, most: mostBytes, largest, fits });
}

/** Rather too few than too many: of what the rows do not change, temporaries may share the memory. */
function rowsThatFit(layout: Layout, needed: number, batch: number, nodes: readonly Node[]): number {
  const fixed = nodes.filter(({ type }) => !type.dims.includes("n")).reduce((sum, node) => sum + bytesOf(node, 1), 0);
  const perRow = (needed - layout.stateBytes - layout.constantBytes) / batch;
  return Math.max(0, Math.floor((mostBytes - fixed - layout.constantBytes - bytesPerPage) / perRow));
}

const bytesOf = ({ type: { dims, dtype } }: Node, batch: number): number =>
  elementCount(dims, batch) * bytesPerElement(dtype);
