"""Time between two dates, a duration as a number, and the declared band a number falls into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, DateColumn, NumberColumn, Result, Table
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import decimal
from cdisc.algorithms.columns.uniques import distinct, spread_text
from cdisc.algorithms.dates.days import DAY
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.dates.partial_dates import spans
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

_SECONDS = {"hours": 3600, "minutes": 60}
_LENGTHS = {"W": 604800, "D": DAY, "H": 3600, "M": 60, "S": 1}
_DURATION = re.compile(
    r"(?P<sign>[-+]?)P(?=[\dT])(?:(?P<W>\d+(?:\.\d+)?)W)?(?:(?P<D>\d+(?:\.\d+)?)D)?"
    r"(?:T(?=\d)(?:(?P<H>\d+(?:\.\d+)?)H)?(?:(?P<M>\d+(?:\.\d+)?)M)?(?:(?P<S>\d+(?:\.\d+)?)S)?)?"
)


@algorithm(main="date", method="Number of {unit} from {since} to {date}.", gives="number")
def elapsed(
    date: DateColumn, since: DateColumn, unit: Literal["days", "hours", "minutes"]
) -> Result:
    """The time from one date to another; negative when the other is earlier.

    1. Days: the difference of the two dates, whatever the time of day; the same day is 0.
    2. Hours and minutes: the exact difference of the two times.

    Missing: a missing or incomplete date gives a missing number, as does a time that is not
    known to the minute when hours or minutes are asked for.
    Source: calendar arithmetic; the study day, which has no 0, is `study_day`.
    Example: date 2024-01-16T08:00, since 2024-01-15T20:00 gives 1 day, or 12 hours.

    Args:
        date: ISO 8601 date/time.
        since: ISO 8601 date/time to count from.
        unit: what to count.
    """
    if unit == "days":
        return Result(complete_days(date) - complete_days(since))
    to, from_ = spans(date), spans(since)
    exact = np.ones(len(to), dtype=np.bool_)
    for side in (to, from_):
        exact &= side.complete & side.timed
        exact &= (side.latest - side.earliest).astype(np.int64) < _SECONDS["minutes"]
    seconds = (to.earliest - from_.earliest).astype(np.int64)
    return Result(pd.Series(np.where(exact, seconds / _SECONDS[unit], np.nan)))


@algorithm(main="of", method="{of} as a number of {unit}.", gives="number")
def duration(of: Column, unit: Literal["days", "hours", "minutes"]) -> Result:
    """An ISO 8601 duration as a number, such as a planned elapsed time in hours.

    1. Weeks, days, hours, minutes and seconds are added up; a day has 24 hours. A sign before
       the P holds for all of it.

    Missing: a missing duration gives a missing number. Years and months have no fixed length:
    they, and what is not a duration, give a missing number and a finding.
    Source: SDTMIG 3.4, section 4.4.3 (--ELTM, --DUR).
    Example: of P3D, unit hours gives 72; of -PT15M, unit minutes gives -15.

    Args:
        of: the duration.
        unit: what to count.
    """
    values = distinct(of)
    seconds = np.array([_seconds_of(text) for text in values.texts], dtype=np.float64)
    numbers = values.numbers(seconds / (DAY if unit == "days" else _SECONDS[unit]))
    unknown = np.isnan(numbers.to_numpy()) & ~values.missing
    return Result(
        numbers, issue("duration.unknown", "{value} is no duration of fixed length", unknown, of)
    )


def _seconds_of(text: str) -> float:
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return np.nan
    total = sum(float(found[part] or 0) * length for part, length in _LENGTHS.items())
    return -total if found["sign"] == "-" else total


def _band_method(texts: Mapping[str, str]) -> str:
    return (
        f"{texts['name']} of the band of table {texts['bands']} that {texts['of']} falls into, "
        f"from {texts['low']} to {texts['high']}, both included; null outside all bands."
    )


@algorithm(main="of", method=_band_method)
def band(
    of: NumberColumn,
    bands: Table,
    if_none: Literal["missing", "finding"],
    name: str = "NAME",
    low: str = "FROM",
    high: str = "TO",
) -> Result:
    """The name of the declared band that a number falls into, such as a visit window.

    1. Take the band of the table whose lower limit is not above the number and whose upper limit
       is not below it. A limit left empty is open.

    Missing: a missing number gives a missing name. A number outside all bands gives a missing
    name, with a finding if `if_none` says so.
    Ties: bands that overlap are refused.
    Source: the table that the study declares.
    Example: of 3 with bands D1 from 1 to 1 and D3 from 2 to 5 gives D3.

    Args:
        of: the number.
        bands: the table of bands.
        if_none: what to make of a number outside all bands.
        name: the column of the table with the names.
        low: the column with the lower limits.
        high: the column with the upper limits.
    """
    lacking = [column for column in (name, low, high) if column not in bands]
    if lacking:
        raise UsageError(f"the table of bands has no column {' and '.join(lacking)}")
    limits = _limits(bands[[name, low, high]].fillna("").astype(str))
    values = of.to_numpy(dtype=np.float64, na_value=np.nan)
    code = np.full(len(values), -1, dtype=np.int64)
    for number, (bottom, top, _) in enumerate(limits):
        code[(values >= bottom) & (values <= top)] = number
    outside = (code < 0) & ~np.isnan(values) & (if_none == "finding")
    return Result(
        spread_text(code, [label for _, _, label in limits]),
        issue("band.none", "{value} lies in no band of the table", outside, of),
    )


def _limits(table: pd.DataFrame) -> list[tuple[float, float, str]]:
    """Lower limit, upper limit and name of each named band, in the order of the limits."""
    limits = sorted(
        (_limit(bottom, -np.inf), _limit(top, np.inf), name)
        for name, bottom, top in zip(*(table[column] for column in table), strict=True)
        if name.strip()
    )
    for bottom, top, name in limits:
        if bottom > top:
            raise UsageError(f"band {name} of the table ends before it begins")
    for (_, top, name), (bottom, _, other) in pairwise(limits):
        if bottom <= top:
            raise UsageError(f"bands {name} and {other} of the table overlap")
    return limits


def _limit(text: str, open_: float) -> float:
    if not text.strip():
        return open_
    exact = decimal(text)
    if exact is None:
        raise UsageError(f"the table of bands has a limit {text!r}, which is no number")
    return float(exact)
