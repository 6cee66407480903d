"""Imputing incomplete dates: what is known of them, which moments are possible, which is taken.

What stands after an unknown part of a date is not used (`2019---07` tells the year only), unless
it is to be preserved. Bounds move an imputed moment within those that the known parts allow, never
out of them; a complete date never moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import Codes, distinct, spread_array
from cdisc.algorithms.dates.calendars import day_number, month_length
from cdisc.algorithms.dates.days import DAY, NONE
from cdisc.algorithms.dates.partial_dates import spans, spans_of_texts

Seconds = npt.NDArray[np.int64]
Moments = np.ndarray[Any, np.dtype[np.datetime64]]
Marks = npt.NDArray[np.bool_]
_WIDTHS = (0, 4, 7, 10, 13, 16)
_KNOWN = r"^(?P<known>(?:\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d)?)?)?)?)?)?)"
_LATER = r"^(?:\d{4}|-)-(?P<month>\d\d|-)(?:-(?P<day>\d\d))?(?:T.*)?$"
_CYCLE = 8  # any day of the calendar, 29 February too, comes again within eight years


class Unknown(IntEnum):
    """The first part of a date/time that is not known; NOTHING: known to the second."""

    YEAR = 0
    MONTH = 1
    DAY = 2
    HOUR = 3
    MINUTE = 4
    SECOND = 5
    NOTHING = 6


class Outcome(IntEnum):
    """What became of a value."""

    FINE = 0
    UNREADABLE = 1
    INCOMPLETE = 2
    CROSSED = 3
    IMPOSSIBLE = 4


@dataclass(frozen=True, slots=True)
class Imputation:
    """What may be imputed, and how.

    `date` is none, first, last or mid; `time` none, first or last. `highest` is the highest part
    that may be imputed in a date, `highest_time` in a time. `timed` says whether the outcome is a
    date/time; otherwise it is the date alone. `preserve` keeps parts after an unknown one.
    """

    date: str = "none"
    highest: Unknown = Unknown.MONTH
    preserve: bool = False
    timed: bool = False
    time: str = "none"
    highest_time: Unknown = Unknown.HOUR

    def allows(self, unknown: npt.NDArray[np.int8]) -> Marks:
        """Which values can be made complete, by their first unknown part."""
        dated = unknown > Unknown.DAY
        if self.date != "none":
            dated |= unknown >= self.highest
        if not self.timed:
            return np.asarray(dated, dtype=np.bool_)
        if self.time == "none":
            return np.asarray(unknown == Unknown.NOTHING, dtype=np.bool_)
        # A date without its day has no hour either.
        return np.asarray(dated & (np.maximum(unknown, Unknown.HOUR) >= self.highest_time))


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """For each row the moment (datetime64[s], NaT: none), what was unknown, and the outcome."""

    moments: Moments
    unknown: npt.NDArray[np.int8]
    outcome: npt.NDArray[np.int8]


def first_unknown(column: pd.Series[Any]) -> npt.NDArray[np.int8]:
    """The first part of each ISO 8601 value that is not known; YEAR where there is no value."""
    values = distinct(column)
    unknown = _known_parts(values.array)[1]
    return spread_array(values.codes, unknown, np.int8(Unknown.YEAR))


def impute(
    column: pd.Series[Any],
    how: Imputation,
    not_before: Sequence[pd.Series[Any]] = (),
    not_after: Sequence[pd.Series[Any]] = (),
) -> Imputed:
    """The moment of each value, imputed within its bounds as far as `how` allows.

    A bound that is itself incomplete stands for its earliest possible moment (`not_before`) or
    its latest (`not_after`); one at midnight for its whole day. The latest lower bound inside the
    possible range counts, then the earliest upper one.
    """
    values = distinct(column)
    if not_before or not_after:
        return _imputed(values.array, values.codes, how, not_before, not_after)
    # without bounds all rows of one value are alike; the last of the few is the missing one
    few = _imputed(values.array, np.append(np.arange(len(values.array)), -1), how, (), ())
    codes = values.codes
    return Imputed(few.moments[codes], few.unknown[codes], few.outcome[codes])


def _imputed(
    texts: pa.Array,
    codes: Codes,
    how: Imputation,
    not_before: Sequence[pd.Series[Any]],
    not_after: Sequence[pd.Series[Any]],
) -> Imputed:
    """The moment of each row; `codes` say which of the texts it has, -1 for none."""
    known, unknown = _known_parts(texts)
    # 29 February of an unknown year is a date: a leap year stands for it.
    whole = spans_of_texts(pc.replace_substring_regex(texts, "^-", "2000"))
    outcome = np.where(np.isnat(whole.earliest), Outcome.UNREADABLE, Outcome.FINE).astype(np.int8)
    # An unknown year: the span of all years, as of a value that is not there at all.
    span = spans_of_texts(pa.array(pc.if_else(pc.equal(known, ""), "-", known)))
    low, high = _wide(span.earliest, 1), _wide(span.latest, 9999)
    start = _start(unknown, low, high, how)
    allowed = how.allows(unknown) & (outcome == Outcome.FINE)
    outcome[~allowed & (outcome == Outcome.FINE)] = Outcome.INCOMPLETE

    missing = (NONE, low_of_all(), high_of_all())
    moment = spread_array(codes, np.where(allowed, start, NONE), missing[0])
    rows_unknown = spread_array(codes, unknown, np.int8(Unknown.YEAR))
    rows_outcome = spread_array(codes, outcome, np.int8(Outcome.FINE))
    imputable = spread_array(
        codes,
        allowed & (unknown < (Unknown.NOTHING if how.timed else Unknown.HOUR)),
        fill=_imputes_year(how),
    )
    rows = np.flatnonzero(imputable)
    if len(rows):
        first = spread_array(codes[rows], low, missing[1])[:, None]
        last = spread_array(codes[rows], high, missing[2])[:, None]
        begin = moment[rows].copy()
        begin[codes[rows] < 0] = missing[1] if how.date == "first" else missing[2]
        lower = [_bound(bound, rows, late=False) for bound in not_before]
        upper = [_bound(bound, rows, late=True) for bound in not_after]
        within = _within(begin, first, last, lower, upper)
        if how.preserve:
            _preserve(within, texts, codes[rows], rows_unknown[rows], how, lower, upper)
        year = rows_unknown[rows] == Unknown.YEAR
        lost = year & ~(within.raised if how.date == "first" else within.lowered)
        said = np.where(codes[rows] >= 0, Outcome.INCOMPLETE, Outcome.FINE)
        rows_outcome[rows] = np.where(lost, said, within.outcome)
        moment[rows] = np.where(lost | (within.outcome != Outcome.FINE), NONE, within.moment)
    if not how.timed:
        moment = np.where(moment == NONE, NONE, moment // DAY * DAY)
    # The least int64 is what numpy takes for NaT.
    return Imputed(moment.astype("datetime64[s]"), rows_unknown, rows_outcome)


def low_of_all() -> int:
    """The first second of year 1."""
    return int(np.datetime64("0001-01-01T00:00:00", "s").astype(np.int64))


def high_of_all() -> int:
    """The last second of year 9999."""
    return int(np.datetime64("9999-12-31T23:59:59", "s").astype(np.int64))


def _imputes_year(how: Imputation) -> bool:
    """Whether a value that is missing altogether can be imputed."""
    years = how.date != "none" and how.highest == Unknown.YEAR
    return years and (not how.timed or (how.time != "none" and how.highest_time == Unknown.HOUR))


def _known_parts(texts: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int8]]:
    """What is known before the first unknown part, and which part that is."""
    if not len(texts):
        return pa.array([], pa.large_string()), np.empty(0, dtype=np.int8)
    known = pc.struct_field(pc.extract_regex(texts, _KNOWN), "known").fill_null("")
    width = np.asarray(pc.binary_length(known))
    unknown = np.searchsorted(_WIDTHS, width, side="right") - 1
    unknown[width > _WIDTHS[-1]] = Unknown.NOTHING
    return known.cast(pa.large_string()), unknown.astype(np.int8)


def _wide(moments: Moments, year: int) -> Seconds:
    """Seconds since 1970; where there is none, the end of the calendar."""
    seconds = moments.astype(np.int64)
    return np.where(np.isnat(moments), low_of_all() if year == 1 else high_of_all(), seconds)


def _start(unknown: npt.NDArray[np.int8], low: Seconds, high: Seconds, how: Imputation) -> Seconds:
    """Where imputation begins, before bounds."""
    day = (high if how.date == "last" else low) // DAY
    if how.date == "mid":
        months = (low.astype("datetime64[s]").astype("datetime64[M]")).astype(np.int64)
        june = (months + 5).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 29
        day = np.where(unknown == Unknown.DAY, day + 14, day)
        day = np.where(unknown == Unknown.MONTH, june, day)
    day = np.where(unknown > Unknown.DAY, low // DAY, day)
    if not how.timed:
        return np.asarray(day * DAY, dtype=np.int64)
    clock = high % DAY if how.time == "last" else low % DAY
    return np.asarray(day * DAY + clock, dtype=np.int64)


def _bound(bound: pd.Series[Any], rows: Codes, *, late: bool) -> Seconds:
    moments = spans(bound.take(rows).reset_index(drop=True))
    chosen = moments.latest if late else moments.earliest
    return np.where(np.isnat(chosen), NONE, chosen.astype(np.int64))


@dataclass(slots=True, eq=False)
class _Within:
    """Moments within bounds; whether a lower and an upper bound were there to use."""

    moment: Seconds
    raised: Marks
    lowered: Marks
    outcome: npt.NDArray[np.int8]


def _within(
    begin: Seconds,
    low: Seconds,
    high: Seconds,
    lower: Sequence[Seconds],
    upper: Sequence[Seconds],
) -> _Within:
    """Moments moved within their bounds. `low` and `high` are rows of possible stretches."""
    first, last = low.min(axis=1), high.max(axis=1)
    floor, ceiling = np.full(len(begin), NONE), np.full(len(begin), high_of_all() + 1)
    for bound in lower:
        inside = (bound != NONE) & (bound >= first) & (bound <= last)
        floor = np.where(inside, np.maximum(floor, bound), floor)
    for bound in upper:
        inside = (bound != NONE) & (bound >= first) & (bound <= last)
        ceiling = np.where(inside, np.minimum(ceiling, bound), ceiling)
    raised, lowered = floor != NONE, ceiling <= high_of_all()
    after = np.where(high >= floor[:, None], np.maximum(low, floor[:, None]), high_of_all())
    moment = np.where(raised & (begin < floor), after.min(axis=1), begin)
    until = np.where(low <= ceiling[:, None], np.minimum(high, ceiling[:, None]), low_of_all())
    moment = np.where(lowered & (moment > ceiling), until.max(axis=1), moment)
    crossed = raised & (moment < floor)
    outcome = np.where(crossed, Outcome.CROSSED, Outcome.FINE).astype(np.int8)
    return _Within(moment, raised, lowered, outcome)


def _preserve(
    within: _Within,
    texts: pa.Array,
    codes: Codes,
    unknown: npt.NDArray[np.int8],
    how: Imputation,
    lower: Sequence[Seconds],
    upper: Sequence[Seconds],
) -> None:
    """Impute again those values that tell a month or a day after an unknown part."""
    parts = pc.extract_regex(texts, _LATER)
    month = spread_array(codes, _digits(parts, "month"), 0)
    day = spread_array(codes, _digits(parts, "day"), 0)
    later = (day > 0) | ((month > 0) & (unknown == Unknown.YEAR))
    rows = np.flatnonzero(later & (unknown <= Unknown.MONTH) & (codes >= 0))
    if not len(rows):
        return
    known = pc.struct_field(pc.extract_regex(texts, _KNOWN), "known").to_pylist()
    years = np.array([int(text[:4]) if text else 0 for text in known], dtype=np.int64)
    bounds = [bound[rows] for bound in (*lower, *upper)]
    low, high = _stretches(years[codes[rows]], month[rows], day[rows], bounds)
    possible = (low <= high).any(axis=1)
    begin = low.min(axis=1) if how.date == "first" else high.max(axis=1)
    if how.date == "mid":
        # The month is unknown and the day is known: the day of June.
        year, number = years[codes[rows]], day[rows]
        june = np.full(len(rows), 6, dtype=np.int64)
        begin = day_number(year, june, number) * DAY
        possible &= number <= month_length(year, june)
    if how.timed and how.time == "last":
        begin = begin // DAY * DAY + DAY - 1
    elif how.timed:
        begin = begin // DAY * DAY
    found = _within(
        begin, low, high, [bound[rows] for bound in lower], [bound[rows] for bound in upper]
    )
    within.moment[rows] = found.moment
    within.raised[rows], within.lowered[rows] = found.raised, found.lowered
    within.outcome[rows] = np.where(possible, found.outcome, Outcome.IMPOSSIBLE)


def _digits(parts: pa.Array, name: str) -> npt.NDArray[np.int64]:
    column = pc.struct_field(parts, name)
    digits = pc.if_else(pc.match_substring_regex(column, r"^\d\d$"), column, "0")
    return np.asarray(pc.cast(pc.fill_null(digits, "0"), pa.int64()))


def _stretches(
    year: npt.NDArray[np.int64],
    month: npt.NDArray[np.int64],
    day: npt.NDArray[np.int64],
    bounds: Sequence[Seconds],
) -> tuple[Seconds, Seconds]:
    """The possible stretches of time of each row; one that ends before it begins is none.

    Of an unknown year those around the bounds are enough: each day comes again within years.
    """
    around = [np.zeros(len(year), dtype=np.int64)] if not bounds else []
    for bound in bounds:
        told = np.where(bound == NONE, 0, bound).astype("datetime64[s]").astype("datetime64[Y]")
        around.append(told.astype(np.int64) + 1970)
    lows, highs = [], []
    steps = range(-_CYCLE, _CYCLE + 1) if (year == 0).any() else range(1)
    for step in steps:
        for near in around:
            one = np.where(year == 0, near + step, year)
            for number in range(1, 13):
                wanted = (month == 0) | (month == number)
                length = month_length(one, np.full(len(one), number, dtype=np.int64))
                real = wanted & (day <= length) & (one >= 1) & (one <= 9999)
                begin = day_number(one, np.full(len(one), number), np.maximum(day, 1))
                end = np.where(day > 0, begin, begin + length - 1)
                lows.append(np.where(real, begin * DAY, high_of_all()))
                highs.append(np.where(real, end * DAY + DAY - 1, low_of_all()))
    return np.stack(lows, axis=1), np.stack(highs, axis=1)
