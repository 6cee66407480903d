"""Kaplan-Meier against a published example, a plain second route and statsmodels."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight

from cdisc.results.survival import (
    NOTHING,
    Curve,
    Estimate,
    at_risk,
    kaplan_meier,
    log_log_limits,
    quantile,
    survival_at,
)

# Freireich et al. (1963), remission in weeks, + censored; the example of most textbooks
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
# time, survival, standard error as published (Cox and Oakes; SAS PROC LIFETEST)
PUBLISHED = [
    (6, 0.8571, 0.0764),
    (7, 0.8067, 0.0869),
    (10, 0.7529, 0.0963),
    (13, 0.6902, 0.1068),
    (16, 0.6275, 0.1141),
    (22, 0.5378, 0.1282),
    (23, 0.4482, 0.1346),
]

HISTORIES = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=40)


def curve_of(text: str) -> Curve:
    parts = text.split()
    times = np.array([float(part.rstrip("+")) for part in parts])
    return kaplan_meier(times, np.array([not part.endswith("+") for part in parts]))


def curve_from(history: list[tuple[int, bool]]) -> Curve:
    times, events = zip(*history, strict=True)
    return kaplan_meier(np.array(times, dtype=float), np.array(events))


def test_published_survival_and_standard_errors() -> None:
    curve = curve_of(SIX_MP)
    at = {time: place for place, time in enumerate(curve.times.tolist())}
    # log-log limits are S ** exp(-+ z se / |S log S|): the error of S stands in their distance
    lower, upper = log_log_limits(curve)
    spread = np.log(np.log(lower) / np.log(upper)) / 2 / NormalDist().inv_cdf(0.975)
    relative = spread * np.abs(np.log(curve.survival))
    for time, survival, error in PUBLISHED:
        place = at[time]
        assert curve.survival[place] == pytest.approx(survival, abs=5e-5)
        assert curve.survival[place] * relative[place] == pytest.approx(error, abs=5e-5)


def test_published_medians_with_log_log_limits() -> None:
    assert quantile(curve_of(SIX_MP)) == Estimate(23.0, 13.0, None)
    assert quantile(curve_of(PLACEBO)) == Estimate(8.0, 4.0, 11.0)


def test_golden_progression_free_survival() -> None:
    curve = curve_of("213 45 171+")
    assert survival_at(curve, 45).value == pytest.approx(2 / 3)
    assert quantile(curve).value == 213


def test_median_between_two_events_at_exactly_a_half() -> None:
    assert quantile(curve_of("10 20 30 40")).value == 25
    assert quantile(curve_of("10 20 30+ 40+")).value == 20


def test_median_that_is_not_reached() -> None:
    assert quantile(curve_of("10 20+ 30+ 40+")).value is None
    assert quantile(curve_of("10+ 20+")) == NOTHING


def test_censored_at_the_time_of_an_event_is_at_risk_for_it() -> None:
    curve = curve_of("10+ 10 20")
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.survival[0] == pytest.approx(2 / 3)


def test_nothing_is_known_after_the_last_time_of_a_curve_above_zero() -> None:
    assert survival_at(curve_of("10 20+"), 21) == NOTHING
    assert survival_at(curve_of("10 20"), 21) == Estimate(0.0, None, None)
    assert survival_at(curve_of("10 20+"), 20).value == 0.5
    assert survival_at(curve_of("10 20+"), 5) == Estimate(1.0, None, None)


def test_no_subject_has_no_curve() -> None:
    empty = kaplan_meier(np.array([]), np.array([], dtype=bool))
    assert empty.subjects == 0
    assert quantile(empty) == NOTHING
    assert survival_at(empty, 10) == NOTHING
    assert at_risk(empty, np.array([0.0])).tolist() == [0]


@given(HISTORIES)
def test_product_limit_by_exact_fractions_one_time_after_another(
    history: list[tuple[int, bool]],
) -> None:
    curve = curve_from(history)
    survival = Fraction(1)
    for place, time in enumerate(sorted({time for time, _ in history})):
        risk = sum(other >= time for other, _ in history)
        died = sum(other == time and event for other, event in history)
        survival *= Fraction(risk - died, risk)
        assert curve.times[place] == time
        assert curve.at_risk[place] == risk
        assert curve.survival[place] == pytest.approx(float(survival), abs=1e-12)
    assert len(curve.times) == len({time for time, _ in history})


@given(HISTORIES)
def test_agrees_with_statsmodels(history: list[tuple[int, bool]]) -> None:
    if not any(event for _, event in history):
        return
    curve = curve_from(history)
    times, events = zip(*history, strict=True)
    other = SurvfuncRight(np.array(times, dtype=float), np.array(events, dtype=float))
    had = curve.events > 0
    assert curve.times[had].tolist() == other.surv_times.tolist()
    np.testing.assert_allclose(curve.survival[had], other.surv_prob, atol=1e-12)
    ours = quantile(curve)
    with warnings.catch_warnings():  # it takes the logarithm of zero where the curve ends there
        warnings.simplefilter("ignore", RuntimeWarning)
        lower, upper = other.quantile_ci(0.5, method="cloglog")
    assert ours.lower == (None if np.isnan(lower) else lower)
    assert ours.upper == (None if np.isnan(upper) or np.isinf(upper) else upper)


@given(HISTORIES, st.sampled_from([0.25, 0.5, 0.75]), st.sampled_from([0.8, 0.9, 0.95]))
def test_limits_of_a_quantile_by_their_definition_one_time_after_another(
    history: list[tuple[int, bool]], fraction: float, confidence: float
) -> None:
    z = norm.ppf(0.5 + confidence / 2)
    had = sorted({time for time, event in history if event})
    survival, summed, compatible = Fraction(1), Fraction(0), []
    for time in had:
        risk = sum(other >= time for other, _ in history)
        died = sum(other == time and event for other, event in history)
        survival *= Fraction(risk - died, risk)
        if not survival:
            break  # log(-log 0) is infinite, and so is its error: the time is not in the set
        summed += Fraction(died, risk * (risk - died))
        error = math.sqrt(summed) / -math.log(survival)
        distance = math.log(-math.log(survival)) - math.log(-math.log(1 - fraction))
        assume(abs(abs(distance) - z * error) > 1e-9)
        if abs(distance) <= z * error:
            compatible.append(time)
    after = [time for time in had if compatible and time > compatible[-1]]
    found = quantile(curve_from(history), fraction, confidence)
    assert found.lower == (compatible[0] if compatible else None)
    assert found.upper == (after[0] if after else None)


def test_a_curve_that_falls_to_zero_has_an_upper_limit_there() -> None:
    # a half is compatible with the times up to 30, where S is a quarter:
    # |log(-log 0.25) - log(-log 0.5)| = 0.693 <= 1.96 * sqrt(1/12 + 1/6 + 1/2) / 1.386 = 1.224
    assert quantile(curve_of("10 20 30 40")) == Estimate(25.0, 10.0, 40.0)
    # the last time is censored: nothing is known after 30
    assert quantile(curve_of("10 20 30 40+")) == Estimate(25.0, 10.0, None)
    # all at one time: no time is compatible
    assert quantile(curve_of("5 5")) == Estimate(5.0, None, None)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_order_of_subjects_does_not_matter(history: list[tuple[int, bool]], random: object) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = curve_from(history), curve_from(shuffled)
    assert first.survival.tolist() == second.survival.tolist()
    assert quantile(first) == quantile(second)


@given(HISTORIES)
def test_limits_enclose_the_estimate(history: list[tuple[int, bool]]) -> None:
    curve = curve_from(history)
    lower, upper = log_log_limits(curve)
    known = ~np.isnan(lower)
    assert (lower[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= upper[known]).all()
    median = quantile(curve)
    if median.value is not None and median.lower is not None:
        assert median.lower <= median.value


@given(HISTORIES, st.integers(0, 45))
def test_number_at_risk_counts_those_not_gone_before(
    history: list[tuple[int, bool]], time: int
) -> None:
    expected = sum(other >= time for other, _ in history)
    assert at_risk(curve_from(history), np.array([float(time)])).tolist() == [expected]
