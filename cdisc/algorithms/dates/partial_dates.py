"""The span of moments that an ISO 8601 value may stand for, and comparing by it.

Two values are compared at the coarser precision of the two: `2019-03` and `2019-03-17T08:00`
are neither before nor after each other. That is the same as asking whether their spans overlap.
Offsets are not resolved: the values of one column are times at one place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct, spread_array
from cdisc.algorithms.dates.calendars import day_number, month_length, seconds
from cdisc.algorithms.dates.fixed_dates import block

Moments = np.ndarray[Any, np.dtype[np.datetime64]]
NAT = np.datetime64("NaT", "s")
DAY = np.timedelta64(86399, "s")

_ISO = re.compile(
    r"(?P<year>\d{4}|-)(?:-(?P<month>\d\d|-)(?:-(?P<day>\d\d|-))?)?"
    r"(?:T(?P<hour>\d\d|-)(?::(?P<minute>\d\d|-)(?::(?P<second>\d\d|-)(?:\.\d+)?)?)?"
    r"(?:Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_PLAIN = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$"
_LEAST = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
_MOST = {"month": 12, "day": 31, "hour": 23, "minute": 59, "second": 59}


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """For each row the earliest and the latest moment possible (datetime64[s]; NaT: no date).

    `complete` says that the day is known, `timed` that an hour is.
    """

    earliest: Moments
    latest: Moments
    complete: npt.NDArray[np.bool_]
    timed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.earliest)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Where there is a date at all."""
        return ~np.isnat(self.earliest)

    def take(self, rows: npt.NDArray[np.int64]) -> Spans:
        """The spans at those positions; none at position -1."""
        return Spans(
            spread_array(rows, self.earliest, NAT),
            spread_array(rows, self.latest, NAT),
            spread_array(rows, self.complete, fill=False),
            spread_array(rows, self.timed, fill=False),
        )


def spans(column: pd.Series[Any]) -> Spans:
    """The span of each ISO 8601 value. A value whose year is unknown spans all years."""
    values = distinct(column)
    return spans_of_texts(values.array).take(values.codes)


def spans_of_texts(texts: pa.Array) -> Spans:
    """The span of each of some ISO 8601 texts; NaT for a text that is not ISO 8601."""
    count = len(texts)
    earliest = np.full(count, NAT)
    latest = np.full(count, NAT)
    complete = np.zeros(count, dtype=np.bool_)
    timed = np.zeros(count, dtype=np.bool_)
    plain = np.asarray(pc.match_substring_regex(texts, _PLAIN), dtype=np.bool_)
    width = np.asarray(pc.binary_length(texts))
    for size, unit in ((10, DAY), (16, np.timedelta64(59, "s")), (19, np.timedelta64(0, "s"))):
        places = np.flatnonzero(plain & (width == size))
        if len(places):
            moments, real = _read_plain(texts.take(pa.array(places)), size)
            places = places[real]
            earliest[places] = moments[real]
            latest[places] = moments[real] + unit
            complete[places] = True
            timed[places] = size > 10
    rest = np.flatnonzero(~plain)
    for place, text in zip(rest.tolist(), texts.take(pa.array(rest)).to_pylist(), strict=True):
        match = _ISO.fullmatch(text)
        if match is None:
            continue
        found = {part: int(v) for part, v in match.groupdict().items() if v and v != "-"}
        first, last = _bound(found, _LEAST, 1), _bound(found, _MOST, 9999)
        if first is not None and last is not None:
            earliest[place], latest[place] = first, last
            complete[place] = {"year", "month", "day"} <= found.keys()
            timed[place] = "hour" in found
    return Spans(earliest, latest, complete, timed)


def _read_plain(texts: pa.Array, size: int) -> tuple[Moments, npt.NDArray[np.bool_]]:

    digits = block(texts, size).astype(np.int64) - ord("0")
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    pairs = {start: digits[:, start] * 10 + digits[:, start + 1] for start in range(5, size, 3)}
    zero = np.zeros(len(year), dtype=np.int64)
    month, day = pairs[5], pairs[8]
    hour, minute, second = (pairs.get(start, zero) for start in (11, 14, 17))
    real = (year >= 1) & (day >= 1) & (day <= month_length(year, month))
    real &= (hour < 24) & (minute < 60) & (second < 60)
    whole = np.where(real, day_number(year, np.where(real, month, 1), day), 0)
    return seconds(whole, hour, minute, second), real


def _bound(found: dict[str, int], fill: dict[str, int], year: int) -> np.datetime64 | None:
    parts = {part: found.get(part, value) for part, value in fill.items()}
    parts["year"] = found.get("year", year)
    if not 1 <= parts["month"] <= 12 or not parts["year"]:
        return None
    length = int(month_length(np.array([parts["year"]]), np.array([parts["month"]]))[0])
    day = min(parts["day"], length) if "day" not in found else parts["day"]
    if not 1 <= day <= length or parts["hour"] > 23:
        return None
    if parts["minute"] > 59 or parts["second"] > 59:
        return None
    return np.datetime64(
        f"{parts['year']:04d}-{parts['month']:02d}-{day:02d}"
        f"T{parts['hour']:02d}:{parts['minute']:02d}:{parts['second']:02d}",
        "s",
    )


def before(left: Spans, right: Spans) -> npt.NDArray[np.bool_]:
    """Where left is earlier at the coarser precision; never where either is missing."""
    return np.asarray(left.latest < right.earliest, dtype=np.bool_)


def same(left: Spans, right: Spans) -> npt.NDArray[np.bool_]:
    """Where both are equal at the coarser precision; never where either is missing."""
    return left.known & right.known & ~before(left, right) & ~before(right, left)
