"""Prints the coefficients of runtime/wasm/exp.ts, log.ts, softplus.ts and tanh.ts. Needs Python 3 and mpmath.

    python3 scripts/fit-coefficients.py

A fit makes the largest weighted error as small as it can be (Remez 1934), in 60 digits. Coefficients are rounded one after
the other, and those that are left are fitted again each time, so that they make up for the rounding of the others.
"""

import mpmath as mp
from mpmath import mpf

mp.mp.dps = 60
GRID = 1200
# Places of equal error on the grid can be exchanged for ever.
MOST_EXCHANGES = 40
F32, F64 = 24, 53


def remez(target, basis, weight, low, high):
    """Coefficients c of least largest |weight * (target - sum of c * basis)|, and that error."""
    xs = [low + (high - low) * (1 - mp.cos(mp.pi * i / GRID)) / 2 for i in range(GRID + 1)]
    weights = [weight(x) for x in xs]
    wanted = [target(x) * w for x, w in zip(xs, weights)]
    columns = [[b(x) * w for b in basis] for x, w in zip(xs, weights)]
    count = len(basis)
    peaks = [round(GRID * (i + 0.5) / (count + 1)) for i in range(count + 1)]
    for _ in range(MOST_EXCHANGES):
        matrix, right = mp.matrix(count + 1, count + 1), mp.matrix(count + 1, 1)
        for row, at in enumerate(peaks):
            for column in range(count):
                matrix[row, column] = columns[at][column]
            matrix[row, count] = (-1) ** row
            right[row] = wanted[at]
        solved = mp.lu_solve(matrix, right)[:count]
        errors = [w - sum(b * c for b, c in zip(bs, solved)) for w, bs in zip(wanted, columns)]
        found = alternating_peaks(errors, count + 1)
        if found is None or found == peaks:
            break
        peaks = found
    return solved, max(abs(e) for e in errors)


def alternating_peaks(errors, count):
    """The places of the largest errors of alternating sign, or None where they are fewer than count."""
    peaks, start = [], 0
    for i in range(1, len(errors) + 1):
        if i == len(errors) or (errors[i] > 0) != (errors[start] > 0):
            peaks.append(max(range(start, i), key=lambda k: abs(errors[k])))
            start = i
    while len(peaks) > count:
        peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
    return peaks if len(peaks) == count else None


def rounded(value, bits):
    unit = mpf(2) ** (mp.floor(mp.log(abs(value), 2)) + 1 - bits)
    return mp.nint(value / unit) * unit


def fit(name, target, weight, low, high, terms, bits, highest_first=False):
    """On an interval around 0 the lower powers must be left to the end: only they can bend as any error bends."""
    order = sorted(range(terms), reverse=highest_first)
    done, best = {}, None
    while len(done) < terms:
        left = [k for k in order if k not in done]
        rest = lambda x: target(x) - sum(c * x**k for k, c in done.items())
        solved, error = remez(rest, [lambda x, k=k: x**k for k in left], weight, mpf(low), mpf(high))
        best = best or error
        done[left[0]] = rounded(solved[0], bits)
    points = [low + (high - low) * mpf(i) / 3000 for i in range(3001)]
    last = max(abs(weight(x) * (target(x) - sum(c * x**k for k, c in done.items()))) for x in points)
    print(f"{name}: error 2^{mp.nstr(mp.log(best, 2), 4)}, with rounded coefficients 2^{mp.nstr(mp.log(last, 2), 4)}")
    for k in range(terms):
        print("   ", mp.nstr(done[k], 10) if bits == F32 else repr(float(done[k])))


def exp_tail(r):
    """(e^r - 1 - r) / r^2."""
    near = abs(r) < mpf(2) ** -20
    return sum(r**k / mp.factorial(k + 2) for k in range(12)) if near else (mp.expm1(r) - r) / r**2


def exp_weight(r):
    """Relative to e^r - 1, but not quite 0 at 0, where the exchange would lose a point."""
    return max(abs(r * r / mp.expm1(r)) if r else mpf(0), mpf("0.03"))


def atanh_tail(z):
    """(2 atanh s - 2 s) / s^3 where z = s^2."""
    if z < mpf(2) ** -30:
        return sum(2 * z**k / (2 * k + 3) for k in range(8))
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / (s * z)


def atanh_weight(z):
    """Relative to 2 atanh s."""
    s = mp.sqrt(z)
    return s * z / (2 * mp.atanh(s)) if z else mpf(0)


def tanh_tail(z):
    """(tanh r - r) / r^3 where z = r^2."""
    if z < mpf(2) ** -30:
        return -mpf(1) / 3 + 2 * z / 15 - 17 * z**2 / 315 + 62 * z**3 / 2835 - 1382 * z**4 / 155925
    r = mp.sqrt(z)
    return (mp.tanh(r) - r) / (r * z)


def tanh_weight(z):
    """Relative to tanh r."""
    r = mp.sqrt(z)
    return r * z / mp.tanh(r) if z else mpf(0)


half_ln2 = mp.log(2) / 2 * mpf("1.0005")
log_reach = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.001")
softplus_reach = mpf(4) / 9 * mpf("1.0001")
# Just beyond the end the error changes its sign; at the end it would add to that of rounding.
tanh_reach = (mp.log(2) / 4) ** 2 * mpf("1.02")

for terms, bits in ((5, F32), (11, F64)):
    fit(f"exp.ts, {bits} bits", exp_tail, exp_weight, -half_ln2, half_ln2, terms, bits, True)
for terms, bits in ((3, F32), (7, F64)):
    fit(f"log.ts, {bits} bits", atanh_tail, atanh_weight, mpf(0), log_reach, terms, bits)
for terms, bits in ((4, F32), (10, F64)):
    fit(
        f"softplus.ts, {bits} bits",
        lambda u: atanh_tail(u / 4) / 8,
        lambda u: 8 * atanh_weight(u / 4),
        mpf(0),
        softplus_reach,
        terms,
        bits,
    )
for terms, bits in ((2, F32), (6, F64)):
    fit(f"tanh.ts, {bits} bits", tanh_tail, tanh_weight, mpf(0), tanh_reach, terms, bits)
