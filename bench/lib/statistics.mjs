/** Medians and differences: what turns samples into the figures of a row. */

/** The middle value, or the mean of the middle two. Of numbers, at least one. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Largest difference over largest magnitude expected; Infinity where the lengths differ or a value is not a number. */
export function relativeError(got, expected) {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(got[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(got[i] - expected[i]));
    magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return difference / (magnitude || 1);
}
