"""Dates and times as SDTM writes them: ISO 8601, as precise as known, never imputed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.arguments import Column, Issue, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import (
    TEXT,
    Distinct,
    arrow_text,
    distinct,
    spread_array,
    spread_text,
)
from cdisc.algorithms.dates.date_formats import Problem, before_time
from cdisc.algorithms.dates.date_texts import Readings, read_texts
from cdisc.algorithms.dates.fixed_dates import leading_days
from cdisc.algorithms.dates.utc_offsets import expressed_at, offset_minutes, with_offset
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

UNKNOWN_WORDS = ("UN", "UNK", "UNKN", "UNKNOWN", "NK", "NA", "ND", "-", "--")


def complete_days(column: pd.Series[Any]) -> pd.Series[Any]:
    """Days since 1970-01-01 of the date part of ISO 8601 values; NaN when it is incomplete.

    A column of dates has the days that they are.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        days = column.to_numpy(dtype="datetime64[D]")
        return pd.Series(np.where(np.isnat(days), np.nan, days.astype(np.int64)))
    values = distinct(column)
    return values.numbers(leading_days(values.array))


def _iso8601_method(texts: Mapping[str, str]) -> str:
    source = texts["date"] + (f" and {texts['time']}" if texts.get("time") else "")
    text = (
        f"{source} read in the format {texts['formats']} and written in ISO 8601; unknown parts"
        " are left out, nothing is imputed; null when not a date or ambiguous."
    )
    if texts.get("from_offset"):
        text += f" Times are at UTC offset {texts['from_offset']}."
    if texts.get("to_offset"):
        text += f" Times are expressed at UTC offset {texts['to_offset']}."
    return text


@algorithm(main="date", origin="Carried", method=_iso8601_method, gives="text")
def iso8601(
    date: Column,
    formats: tuple[str, ...],
    time: Column | None = None,
    time_formats: tuple[str, ...] = ("HH:MM:SS", "HH:MM"),
    unknown: tuple[str, ...] = UNKNOWN_WORDS,
    from_offset: str | None = None,
    to_offset: str | None = None,
) -> Result:
    """The ISO 8601 date or date/time of a collected text, as precise as it is known.

    1. Read the text in each declared format: YYYY, YY (00-68 are 20xx), MM, MON (English),
       DD, HH, MM after HH, SS, AM, Z; one digit is enough for day, month and hour. The word
       `excel_serial` reads days since 1899-12-30.
    2. A format that reads all of the text goes before one that reads its date only; the first
       declared one that makes a date of it counts, and two different dates make it ambiguous.
    3. An unknown part is a hyphen before a known one and is left out at the end:
       `20-UNK-2019` is `2019---20`, `UN-UNK-2019` is `2019`. For a format that starts
       YYYY-MM-DD, `2019-03` and `2019` are such dates too.
    4. The time is that of `time` if given, else the one in the text. A time that cannot be
       read leaves the date, with a finding.
    5. The UTC offset in the text, else `from_offset`, is written after the time; with
       `to_offset` the value is told as local time there instead, without offset.

    Missing: no text or only an unknown word gives a missing value. A text that is no date, is
    impossible (day 00, 30 February) or ambiguous gives a missing value and a finding with the
    text. A time without a date gives a missing value and a finding.
    Source: SDTMIG 3.4, sections 4.4.1 and 4.4.2; ISO 8601-1:2019.
    Example: date `05-JAN-2019`, formats [DD-MON-YYYY] gives `2019-01-05`.

    Args:
        date: text as received.
        formats: the formats the source uses, as they look.
        time: text of the time, when it is collected apart from the date.
        time_formats: the formats of that time.
        unknown: words that stand for a part nobody knows; case does not matter.
        from_offset: UTC offset of the source's times (`+09:00`), unless the text tells its own.
        to_offset: UTC offset at which to tell the times.
    """
    for offset in (from_offset, to_offset):
        if offset is not None:
            offset_minutes(offset)
    values = distinct(date)
    read = read_texts(values.array, formats, unknown)
    problem = spread_array(values.codes, read.problem, Problem.NONE)
    issues = _date_issues(problem, date)
    if time is not None:
        iso, time_issues = _joined(values, read, time, time_formats, unknown)
        issues += time_issues
    else:
        iso = values.text(read.iso)
        issues += _time_issue(problem == Problem.TIME, date)
    if from_offset is not None or to_offset is not None:
        iso, untold = _at_offset(iso, from_offset, to_offset)
        issues += issue(
            "iso8601.offset",
            "{value} is not complete enough to be told at another UTC offset",
            untold,
            date,
        )
    return Result(iso, issues)


def _date_issues(problem: npt.NDArray[np.uint8], date: pd.Series[Any]) -> tuple[Issue, ...]:
    return (
        *issue(
            "iso8601.unreadable",
            "{value} is not a date in the declared formats",
            problem == Problem.UNREADABLE,
            date,
        ),
        *issue(
            "iso8601.impossible",
            "{value} is a date that does not exist",
            problem == Problem.IMPOSSIBLE,
            date,
        ),
        *issue(
            "iso8601.ambiguous",
            "{value} is a different date in each of the declared formats",
            problem == Problem.AMBIGUOUS,
            date,
            hint="Declare the one format that the source uses",
        ),
    )


def _time_issue(where: npt.NDArray[np.bool_], text: pd.Series[Any]) -> tuple[Issue, ...]:
    return issue(
        "iso8601.time", "the time in {value} cannot be read; the date is kept", where, text
    )


def _joined(
    dates: Distinct,
    read: Readings,
    time: pd.Series[Any],
    formats: tuple[str, ...],
    unknown: tuple[str, ...],
) -> tuple[pd.Series[Any], tuple[Issue, ...]]:
    """The date of each row with the time of each row, and what there is to say about the times."""
    times = distinct(time)
    read_times = read_texts(times.array, formats, unknown)
    time_texts = [iso.removeprefix("-----T") for iso in read_times.iso.to_pylist()]
    # Only the date part counts: exports fill a date column with midnight.
    alone = [iso.partition("T")[0] for iso in read.iso.to_pylist()]
    datable = [
        text != "" or problem == Problem.UNKNOWN
        for text, problem in zip(alone, read.problem.tolist(), strict=True)
    ]
    stems = [before_time(text) if able else None for text, able in zip(alone, datable, strict=True)]
    timed = times.flags([text != "" for text in time_texts])
    date_code = np.where(timed & ~dates.missing, dates.codes + len(alone), dates.codes)
    left = spread_text(date_code, [text or None for text in alone] + stems)
    codes = spread_array(times.codes, np.arange(len(time_texts)), len(time_texts))
    right = pa.array([*time_texts, ""], pa.large_string()).take(pa.array(codes))
    joined = pc.binary_join_element_wise(arrow_text(left), right, pa.scalar("", pa.large_string()))
    problem = spread_array(times.codes, read_times.problem, Problem.NONE)
    unread = ~np.isin(problem, (Problem.NONE, Problem.UNKNOWN))
    issues = (
        *issue("iso8601.time", "the time {value} cannot be read; the date is kept", unread, time),
        *issue(
            "iso8601.time_without_date",
            "there is a time {value} but no date",
            timed & dates.missing,
            time,
            severity=Severity.WARNING,
        ),
    )
    return pd.Series(pd.array(joined, dtype=TEXT)), issues


def _at_offset(
    iso: pd.Series[Any], from_offset: str | None, to_offset: str | None
) -> tuple[pd.Series[Any], npt.NDArray[np.bool_]]:
    """Values with their offset written or told at another; which of them cannot be told."""
    values = distinct(iso)
    texts = values.texts
    if from_offset is not None:
        texts = [with_offset(text, from_offset) for text in texts]
    told: list[str | None] = list(texts)
    if to_offset is not None:
        told = [expressed_at(text, to_offset) for text in texts]
    return values.text(told), values.flags([text is None for text in told])


@algorithm(main="of", method="Date part of {of}.", gives="text")
def date_part(of: Column) -> Result:
    """The date of an ISO 8601 date/time.

    1. Take what stands before the T.

    Missing: a missing value stays missing, as does one whose date is wholly unknown.
    Source: ISO 8601-1:2019.
    Example: `2019-01-05T10:30` gives `2019-01-05`.

    Args:
        of: ISO 8601 date or date/time.
    """
    values = distinct(of)
    dates = [text.partition("T")[0].rstrip("-") for text in values.texts]
    return Result(values.text(dates))


@algorithm(main="of", method="Time part of {of}.", gives="text")
def time_part(of: Column) -> Result:
    """The time of an ISO 8601 date/time.

    1. Take what stands after the T.

    Missing: a missing value, or one without time, gives a missing time.
    Source: ISO 8601-1:2019.
    Example: `2019-01-05T10:30` gives `10:30`.

    Args:
        of: ISO 8601 date or date/time.
    """
    values = distinct(of)
    return Result(values.text([text.partition("T")[2] for text in values.texts]))


@algorithm(main="date", method="{date} plus {days} days; null when the date is incomplete.")
def add_days(date: Column, days: int) -> Result:
    """The date so many days after, or before, a complete date.

    1. Take the date part and add the days.

    Missing: a missing or partial date gives a missing date.
    Source: calendar arithmetic; SDTM never imputes a date (SDTMIG 3.4, section 4.4.2).
    Example: `2019-02-27T10:30`, days 2 gives `2019-03-01`.

    Args:
        date: ISO 8601 date or date/time.
        days: days to add; negative for a date before.
    """
    values = distinct(date)
    found = leading_days(values.array)
    known = ~np.isnan(found)
    moved = np.where(known, found, 0).astype(np.int64) + days
    texts = pa.array(np.datetime_as_string(moved.astype("datetime64[D]")), pa.large_string())
    return Result(values.text(pc.if_else(pa.array(known), texts, pa.scalar(None, texts.type))))
