/** Positions spread evenly over 0 to length - 1, at most `most` of them: spread(10, 3) is [1, 5, 8]. */
export function spread(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
}
