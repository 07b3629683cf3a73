/**
 * The rows of a dataset in parts that share none: to train, to validate, to test; the same for the same seed.
 *
 * splitRows(150, { test: 0.2, seed: 1 }) -> 120 rows to train, 30 to test
 */
import { checkOptions, finite, integer, type Kinds, optional } from "../../runtime/kinds.ts";
import { permutation } from "../../runtime/permutation.ts";

export interface SplitOptions {
  /** Fractions of the rows, 0 <= fraction < 1; each rounded to whole rows, at least one where it is above 0. */
  readonly test?: number;
  readonly validation?: number;
  readonly seed: number;
}

export interface Split {
  /** Row indices, ascending. */
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

const splitKinds: Kinds<SplitOptions> = {
  test: optional(finite),
  validation: optional(finite),
  seed: integer(0, Number.MAX_SAFE_INTEGER),
};

/** No epoch of training shuffles with this number, so the split and the shuffles are independent. */
const splitEpoch = 2 ** 32 - 1;

/** Throws RangeError where a fraction is out of range or no row is left to train with. */
export function splitRows(rows: number, options: SplitOptions): Split {
  checkOptions<SplitOptions>("splitRows", options, splitKinds);
  const { test = 0, validation = 0, seed } = options;
  const testRows = partRows("test", rows, test);
  const validationRows = partRows("validation", rows, validation);
  if (testRows + validationRows >= rows) {
    throw new RangeError(
      `splitRows: expected at least one of ${rows} rows left to train with, got ${testRows} to test and ` +
        `${validationRows} to validate`,
    );
  }
  const order = permutation(rows, seed, splitEpoch);
  const held = testRows + validationRows;
  return {
    test: order.slice(0, testRows).sort(),
    validation: order.slice(testRows, held).sort(),
    train: order.slice(held).sort(),
  };
}

function partRows(name: string, rows: number, fraction: number): number {
  if (!(fraction >= 0 && fraction < 1)) {
    throw new RangeError(`splitRows: expected ${name} in [0, 1), got ${fraction}`);
  }
  return fraction === 0 ? 0 : Math.max(1, Math.round(rows * fraction));
}
