/**
 * The name that was probably meant.
 *
 *   nearest("petal_widht", ["petal_width", "species"])    // "petal_width"
 */

/** Longer names are not compared: the distance takes time in the product of the lengths. */
const longestCompared = 64;

/** The candidate with the fewest edits, where these are at most a third of the name's length (at least two). */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > longestCompared || name.length > longestCompared) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    // A name all of whose letters would change is not near, however short it is.
    if (edits < fewest && edits < candidate.length) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
