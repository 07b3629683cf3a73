/** The worst error of a helper over many inputs; its text names the input, for a failing test to show. */
import { between, blockCount, inputCount, patterns } from "./inputs.ts";
import { type Floats, floats, type Helper } from "./run-helper.ts";
import { type Exact, partsOf, ulpsInF32, ulpsInF64 } from "./ulps.ts";

export interface Worst {
  readonly ulps: number;
  readonly at: readonly number[];
}

const worse = (a: Worst, b: Worst): Worst => (b.ulps > a.ulps ? b : a);
const none: Worst = { ulps: 0, at: [] };

export function worstInF32(run: Helper, exact: (...at: number[]) => number, args: readonly Floats[]): Worst {
  return worst(run, args, (got, at) => ulpsInF32(got, exact(...at)));
}

export function worstInF64(run: Helper, exact: (...at: number[]) => Exact, args: readonly Floats[]): Worst {
  return worst(run, args, (got, at) => ulpsInF64(got, exact(...at)));
}

/** Beside a function that is itself rounded to f64; where that is infinite or NaN, nothing else will do. */
export function worstBeside(run: Helper, rounded: (...at: number[]) => number, args: readonly Floats[]): Worst {
  return worst(run, args, (got, at) => {
    const wanted = rounded(...at);
    if (Object.is(got, wanted)) return 0;
    return Number.isFinite(wanted) ? ulpsInF64(got, partsOf(wanted)) : Number.POSITIVE_INFINITY;
  });
}

function worst(run: Helper, args: readonly Floats[], ulps: (got: number, at: number[]) => number): Worst {
  let most = none;
  run(...args).forEach((got, i) => {
    const at = args.map((arg) => arg[i]!);
    most = worse(most, { ulps: ulps(got, at), at });
  });
  return most;
}

/** Of a function of one number: half the inputs from all of f32, half from [low, high], and `more`. */
export function worstOverF32(
  run: Helper,
  exact: (x: number) => number,
  [low, high]: readonly [number, number],
  more: readonly number[],
): Worst {
  let most = worstInF32(run, exact, [floats("f32", more)]);
  for (let from = 0; from < inputCount / 2; from += blockCount) {
    most = worse(most, worstInF32(run, exact, [patterns("f32", blockCount, from)]));
    most = worse(most, worstInF32(run, exact, [between("f32", low, high, blockCount, from)]));
  }
  return most;
}
