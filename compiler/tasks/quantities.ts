/** Counts, bytes, shares and times as a person reads them. */

/** 1234567 -> "1,234,567" */
export const count = (value: number): string => value.toLocaleString("en-US");

/** 4096 -> "4,096 B" up to 10 KiB, then "97.7 KiB" and "1.4 MiB". */
export function bytes(value: number): string {
  if (value < 10 * 1024) return `${count(value)} B`;
  return value < 1024 ** 2 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 ** 2).toFixed(1)} MiB`;
}

/** 0.93333 -> "93.3%" */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)}%`;

/** Four digits, as a loss is read. */
export const loss = (value: number): string => value.toPrecision(4);

/** "850 ms", "12.3 s", "4 min 5 s" */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
