/** The largest error of a helper of one argument over a set of inputs, in ulp, and the input that has it. */
import { between, blockCount, inputCount, patterns } from "./inputs.ts";
import { type Floats, floats, type Helper } from "./run-helper.ts";
import { type Exact, ulpsInF32, ulpsInF64 } from "./ulps.ts";

export interface Worst {
  readonly ulps: number;
  readonly at: number;
}

const none: Worst = { ulps: 0, at: Number.NaN };

function worstOf(inputs: Floats, error: (i: number) => number, sofar: Worst): Worst {
  let worst = sofar;
  for (let i = 0; i < inputs.length; i++) {
    const ulps = error(i);
    if (!(ulps <= worst.ulps)) worst = { ulps, at: inputs[i]! };
  }
  return worst;
}

/**
 * Over inputCount bit patterns of all f32 and half as many numbers of [low, high), where the function has its shape, and
 * the given values. The reference works in f64, whose own error does not show in f32.
 */
export function worstInF32(
  run: Helper,
  reference: (x: number) => number,
  [low, high]: readonly [number, number],
  values: readonly number[],
): Worst {
  const over = (inputs: Floats, sofar: Worst) => {
    const got = run(inputs);
    return worstOf(inputs, (i) => ulpsInF32(got[i]!, reference(inputs[i]!)), sofar);
  };
  let worst = over(floats("f32", values), none);
  for (let from = 0; from < inputCount; from += blockCount) {
    worst = over(patterns("f32", blockCount, from), worst);
    worst = over(between("f32", low, high, blockCount / 2, from), worst);
  }
  return worst;
}

/** Over some numbers of every range, by exact arithmetic. */
export function worstInF64(
  run: Helper,
  exact: (x: number) => Exact,
  ranges: readonly (readonly [number, number])[],
  countPerRange: number,
): Worst {
  let worst = none;
  for (const [low, high] of ranges) {
    const inputs = between("f64", low, high, countPerRange);
    const got = run(inputs);
    worst = worstOf(inputs, (i) => ulpsInF64(got[i]!, exact(inputs[i]!)), worst);
  }
  return worst;
}
