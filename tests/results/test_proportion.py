"""Clopper-Pearson limits against the definition, scipy and statsmodels."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from cdisc.errors import UsageError
from cdisc.results.proportion import clopper_pearson

COUNTS = st.integers(0, 60).flatmap(lambda x: st.tuples(st.just(x), st.integers(max(x, 1), 80)))


@pytest.mark.parametrize(
    ("count", "total", "estimate", "lower", "upper"),
    [(2, 3, 66.7, 9.4, 99.2), (3, 3, 100.0, 29.2, 100.0), (0, 1, 0.0, 0.0, 97.5)],
)
def test_golden_rates(count: int, total: int, estimate: float, lower: float, upper: float) -> None:
    found = clopper_pearson(count, total)
    shown = [round(100 * value, 1) for value in (found.estimate, found.lower, found.upper)]
    assert shown == [estimate, lower, upper]


def test_no_subject_has_no_rate() -> None:
    assert clopper_pearson(0, 0).lower is None
    assert clopper_pearson(0, 0).estimate is None


@pytest.mark.parametrize(("count", "total", "confidence"), [(4, 3, 0.95), (-1, 3, 0.9), (1, 3, 1)])
def test_what_is_no_proportion_is_refused(count: int, total: int, confidence: float) -> None:
    with pytest.raises(UsageError):
        clopper_pearson(count, total, confidence)


@given(COUNTS, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_agrees_with_scipy_and_statsmodels(counts: tuple[int, int], confidence: float) -> None:
    count, total = counts
    found = clopper_pearson(count, total, confidence)
    exact = binomtest(count, total).proportion_ci(confidence, method="exact")
    beta = proportion_confint(count, total, 1 - confidence, method="beta")
    for low, high in ((exact.low, exact.high), beta):
        assert found.lower == pytest.approx(low, abs=1e-9)
        assert found.upper == pytest.approx(high, abs=1e-9)


@given(COUNTS)
def test_limits_leave_two_and_a_half_percent_on_each_side(counts: tuple[int, int]) -> None:
    """The definition, summed term by term: P(X >= x | lower) = P(X <= x | upper) = 2.5 %."""
    count, total = counts
    found = clopper_pearson(count, total)
    if count:
        assert _tail(range(count, total + 1), total, found.lower) == pytest.approx(0.025, rel=1e-6)
    if count < total:
        assert _tail(range(count + 1), total, found.upper) == pytest.approx(0.025, rel=1e-6)


def _tail(counts: range, total: int, rate: float) -> float:
    exact = Fraction(rate)
    return float(sum(comb(total, k) * exact**k * (1 - exact) ** (total - k) for k in counts))
