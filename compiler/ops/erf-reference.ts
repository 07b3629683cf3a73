/**
 * erf in float64 for the interpreter, to a few ulp: the Maclaurin series near 0, the continued fraction of erfc beyond.
 * Source: Abramowitz and Stegun, 7.1.6 and 7.1.14. Slow; the modules use runtime/wasm/erf.ts.
 */
export function erfReference(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (a > 6) return Math.sign(x);
  return a < 2.5 ? series(x) : Math.sign(x) * (1 - complement(a));
}

/** erf x = 2/sqrt(pi) e^(-x^2) sum of 2^k x^(2k+1) / (1 3 5 .. (2k+1)); all terms have one sign. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > Math.abs(sum) * 1e-17; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc x = e^(-x^2)/sqrt(pi) 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), from the tail up. */
function complement(x: number): number {
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
