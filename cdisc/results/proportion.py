"""Exact confidence limits of a proportion."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.errors import UsageError


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `total`, with exact confidence limits; all as fractions, None without subjects."""

    count: int
    total: int
    estimate: float | None
    lower: float | None
    upper: float | None


def clopper_pearson(count: int, total: int, confidence: float = 0.95) -> Proportion:
    """A proportion with its exact (Clopper-Pearson) confidence limits.

    The limits are quantiles of beta distributions: lower beta(a/2; x, n-x+1), upper
    beta(1-a/2; x+1, n-x), where a is 1 - confidence. The lower limit of 0 of n is 0 and the upper
    limit of n of n is 1, as the test that they invert has it.

    Args:
        count: subjects counted, x.
        total: subjects in all, n; without any there is nothing to estimate.
        confidence: between 0 and 1.

    Raises:
        UsageError: count is not within 0..total, or confidence not between 0 and 1.

    Source: Clopper and Pearson, Biometrika 26 (1934); SAS PROC FREQ, BINOMIAL, exact limits.

    >>> found = clopper_pearson(2, 3)
    >>> round(found.lower, 3), round(found.upper, 3)
    (0.094, 0.992)
    """
    if not (0 <= count <= total and 0 < confidence < 1):
        raise UsageError(f"{count} of {total} with confidence {confidence} is no proportion")
    if not total:
        return Proportion(count, total, None, None, None)
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    lower = float(betaincinv(count, total - count + 1, tail)) if count else 0.0
    upper = float(betaincinv(count + 1, total - count, 1 - tail)) if count < total else 1.0
    return Proportion(count, total, count / total, lower, upper)
