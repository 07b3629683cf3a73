/**
 * Reads the loops around a function or a kernel: `(t0<5, t1<3 backwards)`. Neighbours whose loops read the same are in one loop,
 * as far as they agree from the outermost on.
 */
import type { Repeat } from "./kernel.ts";
import type { Words } from "./words.ts";

/** `before` are the loops around the neighbour that stands before. */
export function parseRepeats(words: Words, before: readonly Repeat[] = []): Repeat[] {
  const repeats: Repeat[] = [];
  if (!words.take("(")) return repeats;
  do {
    const axis = words.name("an axis");
    words.expect("<");
    const own: Repeat = { axis, extent: words.integer(), backwards: words.take("backwards") };
    const outer = before[repeats.length];
    const goesOn = repeats.every((repeat, at) => repeat === before[at]) && outer !== undefined && isEqual(own, outer);
    repeats.push(goesOn ? outer : own);
  } while (words.take(","));
  words.expect(")");
  return repeats;
}

const isEqual = (a: Repeat, b: Repeat): boolean =>
  a.axis === b.axis && a.extent === b.extent && a.backwards === b.backwards;
