"""How long it is from one day to another: in days, in months of a length, in calendar months."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.endpoints.histories import Days
from cdisc.errors import UsageError

Dates = npt.NDArray[np.datetime64]
Unit = Literal["days", "months", "calendar_months"]


def time_between(start: Days, end: Days, unit: Unit, days_in_month: float) -> Days:
    """From the first day to the last, both counted; NaN where either is not known.

    Calendar months are whole months from the first day to the day after the last one, and the
    days that remain as a part of the month they lie in. A day that a month does not have is its
    last one.
    """
    if not days_in_month > 0:
        raise UsageError("days_in_month must be more than 0")
    days = end - start + 1
    if unit == "days":
        return days
    if unit == "months":
        return days / days_in_month
    return _calendar_months(start, end + 1)


def _calendar_months(start: Days, end: Days) -> Days:
    known = np.isfinite(start) & np.isfinite(end)
    first = _dates(np.where(known, start, 0.0))
    last = _dates(np.where(known, end, 0.0))
    whole = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
    whole -= _later(first, whole) > last
    begun, over = _later(first, whole), _later(first, whole + 1)
    part = (last - begun).astype(np.float64) / (over - begun).astype(np.float64)
    return np.where(known, whole + part, np.nan)


def _dates(days: Days) -> Dates:
    return days.astype(np.int64).astype("datetime64[D]")


def _later(dates: Dates, months: npt.NDArray[np.int64]) -> Dates:
    """The same day some months later, or the last of that month."""
    month = dates.astype("datetime64[M]")
    day = dates - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    length = (month + months + 1).astype("datetime64[D]") - first
    return np.asarray(first + np.minimum(day, length - np.timedelta64(1, "D")))
