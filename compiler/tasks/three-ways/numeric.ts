/**
 * Derivatives from differences of the loss, for one step width after the other:
 *
 *   forward   (L(w + h) - L(w)) / h              truncation about h L'' / 2,       rounding about eps L / h
 *   central   (L(w + h) - L(w - h)) / 2h         truncation about h^2 L''' / 6,    rounding about eps L / h
 *
 * With eps = 2^-53 the least errors are near h = 1e-8 and h = 1e-5. Source: Nocedal and Wright, "Numerical Optimization",
 * 2nd ed. 2006, section 8.1.
 */
import { type Coordinate, lossAt, moved, type Point } from "./point.ts";

export interface WidthErrors {
  readonly width: number;
  /** |difference - adjoint| / |adjoint|, Euclidean norms over the coordinates. */
  readonly forward: number;
  readonly central: number;
}

export const widths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((digits) => Number(`1e-${digits}`));

/** `exact` has the derivative by each of the coordinates. */
export function widthErrors(point: Point, coordinates: readonly Coordinate[], exact: Float64Array): WidthErrors[] {
  const here = lossAt(point, point.environment);
  return widths.map((width) => {
    const above = coordinates.map((coordinate) => lossAt(point, moved(point, coordinate, width)));
    const below = coordinates.map((coordinate) => lossAt(point, moved(point, coordinate, -width)));
    return {
      width,
      forward: relativeError(
        above.map((loss) => (loss - here) / width),
        exact,
      ),
      central: relativeError(
        above.map((loss, i) => (loss - below[i]!) / (2 * width)),
        exact,
      ),
    };
  });
}

/** |values - exact| / |exact|, Euclidean norms. */
export function relativeError(values: readonly number[], exact: ArrayLike<number>): number {
  const difference = Math.hypot(...values.map((value, i) => value - exact[i]!));
  return difference / Math.max(Math.hypot(...Array.from(exact)), Number.MIN_VALUE);
}
