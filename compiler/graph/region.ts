/**
 * The part of a training step that a node was made for, set where the step is built. What is put in a node's place is of its
 * region; equal nodes that become one are of the region that made the first of them.
 *
 *   inRegion("adjoint", () => gradients(loss, parameters))
 */
export type Region = "forward" | "adjoint" | "update";

let current: Region = "forward";

export const currentRegion = (): Region => current;

/** Runs `body` with `region` as the part that new nodes belong to. */
export function inRegion<T>(region: Region, body: () => T): T {
  const saved = current;
  current = region;
  try {
    return body();
  } finally {
    current = saved;
  }
}
