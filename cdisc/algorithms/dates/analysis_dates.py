"""Dates as analysis needs them: numeric, complete, imputed only when asked to, and flagged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Columns, Issue, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import spread_text
from cdisc.algorithms.dates.partial_dates import before, spans
from cdisc.algorithms.dates.possible_dates import (
    Imputation,
    Imputed,
    Outcome,
    Unknown,
    first_unknown,
)
from cdisc.algorithms.dates.possible_dates import impute as imputed_moments
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity

_PARTS = {
    "year": Unknown.YEAR,
    "month": Unknown.MONTH,
    "day": Unknown.DAY,
    "hour": Unknown.HOUR,
    "minute": Unknown.MINUTE,
    "second": Unknown.SECOND,
}
_DATE_FLAGS = ("Y", "M", "D")
_TIME_FLAGS = ("H", "M", "S")


def imputation_words(texts: Mapping[str, str], *, timed: bool = False) -> str:
    """What a method says of imputation, from the arguments `impute`, `highest` and so on."""
    text = ""
    if texts.get("impute", "none") not in ("", "none"):
        place = {"first": "the first day possible", "last": "the last day possible"}
        how = place.get(texts["impute"], "30 June of an unknown month, the 15th of an unknown day")
        highest = texts.get("highest") or "month"
        text += f"; an incomplete date, up to an unknown {highest}, is imputed as {how}"
        if texts.get("not_before"):
            text += f", not before {texts['not_before']}"
        if texts.get("not_after"):
            text += f", not after {texts['not_after']}"
    if timed and texts.get("impute_time", "none") not in ("", "none"):
        text += f"; an incomplete time is imputed as the {texts['impute_time']} possible"
    return text


def _null(texts: Mapping[str, str]) -> str:
    imputed = {texts.get("impute"), texts.get("impute_time")} - {None, "", "none"}
    return "null where that is not possible" if imputed else "null where it is not complete"


def _date_method(texts: Mapping[str, str]) -> str:
    return f"{texts['date']} as a numeric date{imputation_words(texts)}; {_null(texts)}."


@algorithm(main="date", method=_date_method, gives="date")
def analysis_date(
    date: Column,
    impute: Literal["none", "first", "last", "mid"] = "none",
    highest: Literal["day", "month", "year"] = "month",
    preserve: bool = False,
    not_before: Columns | None = None,
    not_after: Columns | None = None,
    if_beyond: Literal["ignore", "finding"] = "ignore",
) -> Result:
    """The numeric date of an ISO 8601 text, imputed only when asked to.

    1. A complete date is taken as it is, without its time; bounds never change it.
    2. An incomplete one is imputed as its first or last possible day, or in the middle: 30 June
       when the month is unknown, the 15th when only the day is. What stands after an unknown part
       is not used (`2019---07` tells the year only), or kept with `preserve`.
    3. Of the bounds that lie within the possible days the latest of `not_before` counts, then the
       earliest of `not_after`; the date moves as little as it must. An incomplete bound stands
       for its earliest possible day in `not_before`, for its latest in `not_after`. So a start
       with the end under `not_after`, and the end with that start under `not_before`, never cross.
    4. An unknown year, or a value that is not there at all, is imputed when `highest` is year: as
       the bound that lies within the possible days.
    5. With `if_beyond: finding` a date, complete or not, that cannot meet one of its bounds is
       told, and stays what it is: a death before a day on which the person was alive.

    Missing: an incomplete date that is not imputed gives a missing value, with a note. An unknown
    year without a bound gives a missing value. A text that is no date, bounds that exclude each
    other, and a day preserved in a month that does not have it give a missing value and a finding.
    Source: ADaMIG 1.3, section 3.1.3 (dates, imputation flags); bounds as the spec declares.
    Example: date `2019-02`, impute last gives 2019-02-28; `2019---07` gives 2019-12-31, with
    `preserve` 2019-12-07.

    Args:
        date: ISO 8601 date or date/time, or a numeric date.
        impute: which of the possible days to take.
        highest: the highest part that may be imputed.
        preserve: whether a known day (and month) after an unknown part is kept.
        not_before: dates that the imputed one must not be before.
        not_after: dates that the imputed one must not be after.
        if_beyond: whether a date that no possible day brings within a bound is a finding.
    """
    how = date_imputation("analysis_date", impute, highest, preserve, not_before, not_after)
    found = imputed_moments(date, how, not_before or (), not_after or ())
    issues = imputation_issues("analysis_date", found, date)
    if if_beyond == "finding":
        issues += _beyond_issues(date, not_before or (), not_after or ())
    return Result(pd.Series(found.moments), issues)


def _beyond_issues(
    date: pd.Series[Any], not_before: Columns, not_after: Columns
) -> tuple[Issue, ...]:
    """What there is to say about dates all of whose possible days lie beyond a bound."""
    when = spans(date)
    early = np.zeros(len(date), dtype=np.bool_)
    late = np.zeros(len(date), dtype=np.bool_)
    for bound in not_before:
        early |= before(when, spans(bound))
    for bound in not_after:
        late |= before(spans(bound), when)
    return (
        *issue(
            "analysis_date.too_early",
            "{value} is before a date that it should not be before; it stays",
            early,
            date,
            severity=Severity.WARNING,
        ),
        *issue(
            "analysis_date.too_late",
            "{value} is after a date that it should not be after; it stays",
            late,
            date,
            severity=Severity.WARNING,
        ),
    )


def _datetime_method(texts: Mapping[str, str]) -> str:
    words = imputation_words(texts, timed=True)
    return f"{texts['date']} as a numeric date/time{words}; {_null(texts)}."


@algorithm(main="date", method=_datetime_method, gives="date")
def analysis_datetime(
    date: Column,
    impute: Literal["none", "first", "last", "mid"] = "none",
    highest: Literal["day", "month", "year"] = "month",
    impute_time: Literal["none", "first", "last"] = "none",
    highest_time: Literal["hour", "minute", "second"] = "hour",
    preserve: bool = False,
    not_before: Columns | None = None,
    not_after: Columns | None = None,
) -> Result:
    """The numeric date/time of an ISO 8601 text, imputed only when asked to.

    1. A value known to the second is taken as it is; bounds never change it. UTC offsets and
       fractions of a second are left out.
    2. The date is imputed as `analysis_date` does. An incomplete time is imputed as the first
       possible one (00:00:00) or the last (23:59:59); what stands after an unknown hour or minute
       is not used.
    3. Bounds move the moment within those that the known parts allow, as for `analysis_date`. A
       bound without time, or at midnight, stands for its whole day.

    Missing: a value that is not complete after what may be imputed is missing, with a note. A
    text that is no date, and bounds that exclude each other, give a missing value and a finding.
    Source: ADaMIG 1.3, section 3.1.3 (dates, times, imputation flags).
    Example: date `2019-03-05`, impute_time last gives 2019-03-05T23:59:59.

    Args:
        date: ISO 8601 date or date/time, or a numeric one.
        impute: which of the possible days to take.
        highest: the highest part of the date that may be imputed.
        impute_time: which of the possible times to take.
        highest_time: the highest part of the time that may be imputed.
        preserve: whether a known day (and month) after an unknown part is kept.
        not_before: dates or date/times that the imputed one must not be before.
        not_after: dates or date/times that the imputed one must not be after.
    """
    name = "analysis_datetime"
    how = date_imputation(name, impute, highest, preserve, not_before, not_after)
    how = with_time(how, impute_time, highest_time)
    found = imputed_moments(date, how, not_before or (), not_after or ())
    return Result(pd.Series(found.moments), imputation_issues(name, found, date))


@algorithm(
    main="date",
    method="Of the imputed {imputed}, the highest part that {date} does not tell: Y the year, M "
    "the month, D the day; null where nothing was imputed.",
    gives="text",
)
def date_imputation_flag(date: Column, imputed: Column) -> Result:
    """The highest part of a date that was imputed: D day, M month, Y year.

    1. Where there is an analysis date, find the first part that the text does not tell; what it
       tells after that was not used (`2019---07` is M).

    Missing: no flag where the text tells the whole date, or where there is no analysis date.
    Source: ADaMIG 1.3, section 3.1.3; codelist DATEFL.
    Example: date `2019-03`, imputed 2019-03-31 gives D; a missing text gives Y.

    Args:
        date: the ISO 8601 text.
        imputed: the analysis date made of it.
    """
    flags = date_flags(first_unknown(date))
    return Result(flags.where(imputed.notna().to_numpy(dtype=np.bool_)))


@algorithm(
    main="date",
    method="Of the imputed {imputed}, the highest part of the time that {date} does not tell: H "
    "the hour, M the minute, S the second; null where nothing was imputed.",
    gives="text",
)
def time_imputation_flag(date: Column, imputed: Column, ignore_seconds: bool = False) -> Result:
    """The highest part of a time that was imputed: H hour, M minute, S second.

    1. Where there is an analysis date/time, find the first part of the time that the text does
       not tell; without a time, or without a whole date, it is the hour.
    2. With `ignore_seconds`, seconds that were not collected are no imputation.

    Missing: no flag where the text tells the whole time, or where there is no analysis date/time.
    Source: ADaMIG 1.3, section 3.1.3; codelist TIMEFL.
    Example: date `2019-03-05T10:30`, imputed 2019-03-05T10:30:00 gives S; `2019-03-05` gives H.

    Args:
        date: the ISO 8601 text.
        imputed: the analysis date/time made of it.
        ignore_seconds: whether times are collected without seconds.
    """
    flags = time_flags(first_unknown(date), ignore_seconds)
    return Result(flags.where(imputed.notna().to_numpy(dtype=np.bool_)))


def date_flags(unknown: npt.NDArray[np.int8]) -> pd.Series[Any]:
    """The date imputation flag by the first part that was not known."""
    place = np.where(unknown <= Unknown.DAY, unknown, -1)
    return spread_text(place.astype(np.int64), _DATE_FLAGS)


def time_flags(unknown: npt.NDArray[np.int8], ignore_seconds: bool) -> pd.Series[Any]:
    """The time imputation flag by the first part that was not known."""
    part = np.maximum(unknown, Unknown.HOUR)
    last = Unknown.MINUTE if ignore_seconds else Unknown.SECOND
    place = np.where(part <= last, part - Unknown.HOUR, -1)
    return spread_text(place.astype(np.int64), _TIME_FLAGS)


def date_imputation(
    name: str,
    method: str,
    highest: str,
    preserve: bool,
    not_before: Columns | None,
    not_after: Columns | None,
) -> Imputation:
    """How to impute dates. Raises UsageError for an unknown year that nothing can tell."""
    if method != "none" and highest == "year":
        if method == "mid":
            raise UsageError(
                f"{name} cannot impute the middle of an unknown year",
                hint="Say highest: month, or impute first or last",
            )
        bounds, word = (not_before, "not_before") if method == "first" else (not_after, "not_after")
        if not bounds:
            raise UsageError(
                f"{name} needs {word} to impute an unknown year as the {method} possible",
                hint=f"Name a date under {word}, or say highest: month",
            )
    return Imputation(date=method, highest=_PARTS[highest], preserve=preserve)


def with_time(how: Imputation, method: str, highest: str) -> Imputation:
    """The same, for date/times whose times are imputed in that way."""
    return Imputation(how.date, how.highest, how.preserve, True, method, _PARTS[highest])


def imputation_issues(
    name: str, found: Imputed, date: pd.Series[Any], where: Any = True
) -> tuple[Issue, ...]:
    """What there is to say about values that could not be imputed."""
    outcome = np.where(where, found.outcome, Outcome.FINE)
    return (
        *issue(
            f"{name}.unreadable",
            "{value} is not an ISO 8601 date",
            outcome == Outcome.UNREADABLE,
            date,
        ),
        *issue(
            f"{name}.incomplete",
            "{value} is incomplete and is not imputed",
            outcome == Outcome.INCOMPLETE,
            date,
            severity=Severity.INFO,
        ),
        *issue(
            f"{name}.bounds",
            "{value} cannot be imputed: its bounds exclude each other",
            outcome == Outcome.CROSSED,
            date,
            hint="What it must not be before lies after what it must not be after",
        ),
        *issue(
            f"{name}.impossible",
            "{value} cannot be imputed: the month does not have that day",
            outcome == Outcome.IMPOSSIBLE,
            date,
        ),
    )
