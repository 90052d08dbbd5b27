"""The exact interval of one proportion, and how many families a limit needs.

Nothing here knows of families, languages or systems: counts in, bounds out. `scipy.special` is
loaded on use, so that asking for `needed_families` from a plan costs no import before it.
"""

from __future__ import annotations

from math import ceil, isfinite, log1p


def clopper_pearson(count: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of a proportion covers it at least `level` of the time.

    `count` successes in `n` trials; both may be fractions, as an effective sample size is (Korn &
    Graubard 1998). The ends are the (1 - level) / 2 quantile of Beta(count, n - count + 1) and the (1 + level) / 2
    quantile of Beta(count + 1, n - count): Clopper & Pearson 1934 (Biometrika 26:404-413), in the beta form of
    Brown, Cai & DasGupta 2001 (Statistical Science 16:101-133). Both are fractions in [0, 1]; the low end at count
    0 is exactly 0.0 and the high end at count n exactly 1.0.

    Raises:
        ValueError: n is not above zero, since an empty cell has no interval (not even [0, 1], which a
            reader would take for a measurement); the count is outside [0, n]; the level outside (0, 1).
    """
    from scipy.special import betaincinv

    tail = tail_probability(level)
    if not (isfinite(n) and n > 0):
        raise ValueError(f"n is {n}: an empty cell has no interval; leave it out and say so")
    if not 0 <= count <= n:
        raise ValueError(f"count is {count}: it must lie between 0 and n, which is {n}")
    low = float(betaincinv(count, n - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return min(low, count / n), max(high, count / n)  # betaincinv underflows to 1e-12 at counts near 1e-300


def needed_families(limit: float, level: float = 0.95) -> int:
    """So many families, none of them with an error, put the upper bound at or below `limit`.

    The bound without an error is 1 - ((1 - level) / 2)^(1/n): Clopper & Pearson 1934 at count 0 (its
    one-sided approximation is the rule of three, Hanley & Lippman-Hand 1983). `limit` is a fraction:
    42 families still leave 8.4 %, a limit of 5 % needs 72. One family with an error raises the number.

    Raises:
        ValueError: the limit or the level is outside (0, 1).
    """
    if not 0 < limit < 1:
        raise ValueError(f"limit is {limit}: it must lie between 0 and 1, both excluded")
    n = max(1, ceil(log1p(tail_probability(level) - 1) / log1p(-limit)) - 1)
    while clopper_pearson(0, n, level)[1] > limit:  # logarithms round; a bound above the limit never passes
        n += 1
    return n


def student_t(df: float, level: float = 0.95) -> float:
    """The critical value of Student's t with `df` degrees of freedom leaves (1 - level) / 2 in each tail.

    Raises:
        ValueError: df is not above zero (one family alone has no spread), or the level is outside (0, 1).
    """
    from scipy.special import stdtrit

    if not df > 0:
        raise ValueError(f"df is {df}: one family alone has no spread")
    return float(stdtrit(df, 1 - tail_probability(level)))


def tail_probability(level: float) -> float:
    """Half of what the level leaves out: 0.025 at 0.95.

    Raises:
        ValueError: the level is outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it must lie between 0 and 1, both excluded, such as 0.95")
    return (1 - level) / 2
