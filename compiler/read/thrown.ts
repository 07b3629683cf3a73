import { inspect } from "node:util";

/** What was thrown, in a line or several: anything may be, and not everything can be made text. */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `threw ${inspect(thrown, { depth: 1 })}`;
  } catch {
    return "threw something that cannot be shown";
  }
}
