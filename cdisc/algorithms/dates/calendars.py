"""Calendar arithmetic on whole arrays of years, months and days."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Seconds = np.ndarray[Any, np.dtype[np.datetime64]]

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTH_NAMES = (
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
)
_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def month_length(year: Integers, month: Integers) -> Integers:
    """Days in the month (1-12) of the proleptic Gregorian year; 0 for any other month."""
    known = (month >= 1) & (month <= 12)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths: Integers = _LENGTHS[np.where(known, month, 0)] + ((month == 2) & leap)
    return lengths


def day_number(year: Integers, month: Integers, day: Integers) -> Integers:
    """Days since 1970-01-01; the parts must be a date that exists."""
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int64) + day - 1


def seconds(days: Integers, hour: Integers, minute: Integers, second: Integers) -> Seconds:
    """Date and time as datetime64[s]."""
    return (days * 86400 + hour * 3600 + minute * 60 + second).astype("datetime64[s]")


def exists(year: int, month: int | None, day: int | None) -> bool:
    """Whether a date with perhaps unknown parts can exist: 2019-02-30 and day 0 cannot."""
    if not 1 <= year <= 9999 or (month is not None and not 1 <= month <= 12):
        return False
    if day is None:
        return True
    longest = 31 if month is None else int(month_length(np.array([year]), np.array([month]))[0])
    return 1 <= day <= longest
