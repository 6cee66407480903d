"""The product-limit (Kaplan-Meier) estimate, its confidence limits and its quantiles.

The estimate and its limits are scipy's; the numbers beside it, what is known at a time and the
quantiles are made of them here, by the conventions of SAS PROC LIFETEST.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.stats._survival import EmpiricalDistributionFunction

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# products of fractions that are a half by hand may miss it by some units in the last place
_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A survival curve, one entry a distinct time, in order.

    `at_risk` are those under observation just before the time; `events` and `censored` happen at
    it. `survival` is the estimate from this time on, and `function` what scipy made of all: None
    without subjects.
    """

    times: Numbers
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Numbers
    function: EmpiricalDistributionFunction | None

    @property
    def subjects(self) -> int:
        """How many subjects the curve is of."""
        return int(self.at_risk[0]) if len(self.at_risk) else 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and its limits; None where there is none (not reached, not estimable)."""

    value: float | None
    lower: float | None
    upper: float | None


NOTHING = Estimate(None, None, None)


def kaplan_meier(times: Numbers, events: npt.NDArray[np.bool_]) -> Curve:
    """The product-limit estimate of subjects with these times, in any order.

    Steps: at each distinct time, in order, n subjects are at risk and d have an event; survival is
    multiplied by (n - d) / n. A subject censored at a time is still at risk for events at it.
    Missing times must have been left out.

    Source: Kaplan and Meier, JASA 53 (1958); `scipy.stats.ecdf`.
    """
    distinct, first = np.unique(times.astype(np.float64), return_inverse=True)
    had = np.bincount(first[events], minlength=len(distinct)).astype(np.int64)
    left = np.bincount(first[~events], minlength=len(distinct)).astype(np.int64)
    at_risk = (had + left)[::-1].cumsum()[::-1]
    if not len(distinct):
        return Curve(distinct, at_risk, had, left, distinct, None)
    from scipy.stats import CensoredData, ecdf

    function = ecdf(CensoredData.right_censored(times, ~events)).sf
    return Curve(distinct, at_risk, had, left, function.probabilities, function)


def survival_at(curve: Curve, time: float, confidence: float = 0.95) -> Estimate:
    """Survival at a time with log-log confidence limits.

    Past the last time of a curve that did not reach zero nothing is known: no estimate. Where the
    curve is 1 or 0 the log-log limits are not defined: an estimate without limits.
    """
    if not curve.subjects or time < 0:
        return NOTHING
    position = int(np.searchsorted(curve.times, time, side="right")) - 1
    if position < 0:
        return Estimate(1.0, None, None)
    survival = float(curve.survival[position])
    if time > curve.times[-1] and survival > 0:
        return NOTHING
    lower, upper = log_log_limits(curve, confidence)
    return Estimate(survival, _number(lower[position]), _number(upper[position]))


def log_log_limits(curve: Curve, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """Pointwise limits by the transformation log(-log S); NaN where the curve is 1 or 0.

    Source: Kalbfleisch and Prentice (1980); SAS PROC LIFETEST, CONFTYPE=LOGLOG, its default.
    """
    if curve.function is None:
        return curve.survival, curve.survival
    with warnings.catch_warnings():
        # that they are not defined everywhere is said above
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = curve.function.confidence_interval(confidence, method="log-log")
    return limits.low.probabilities, limits.high.probabilities


def quantile(curve: Curve, fraction: float = 0.5, confidence: float = 0.95) -> Estimate:
    """The time by which a fraction of the subjects had the event, with its limits.

    It is the first time at which survival is below 1 - fraction; where survival is exactly that
    between two event times, the middle of the two. The limits enclose the times at which
    1 - fraction is within the log-log limits of survival: from the first event time of that kind
    until the event time after the last; no upper limit when that is the last event time.

    Source: Brookmeyer and Crowley, Biometrics 38 (1982), with the log-log transformation as in
    SAS PROC LIFETEST (Product-Limit Method, quartiles) and Klein and Moeschberger, section 4.5.
    """
    had = curve.events > 0
    times, survival = curve.times[had], curve.survival[had]
    if not len(times):
        return NOTHING
    level = 1 - fraction
    value = None
    reached = np.flatnonzero(survival <= level + _SAME)
    if len(reached):
        first = int(reached[0])
        exactly = abs(float(survival[first]) - level) <= _SAME
        # the curve may stay at the level to its end: then the time at which it came there
        other = float(times[first + 1]) if exactly and first + 1 < len(times) else None
        value = float(times[first]) if other is None else (float(times[first]) + other) / 2
    lower, upper = (limit[had] for limit in log_log_limits(curve, confidence))
    # at zero there are no limits, which is not within them
    near = np.flatnonzero((lower <= level) & (level <= upper))
    if not len(near):
        return Estimate(value, None, None)
    after = int(near[-1]) + 1
    until = float(times[after]) if after < len(times) else None
    return Estimate(value, float(times[near[0]]), until)


def at_risk(curve: Curve, times: Numbers) -> Counts:
    """How many subjects are at risk just before each of these times."""
    positions = np.searchsorted(curve.times, times, side="left")
    return np.append(curve.at_risk, 0)[positions].astype(np.int64)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
