"""The reference events around a record: the last one before it and the first one after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Link,
    Result,
    Selected,
    default,
    records,
)
from cdisc.algorithms.issues import issue
from cdisc.algorithms.partial_dates import Spans, spans
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.uniques import Codes, distinct, text_column
from cdisc.model import Severity

_DAY = 86400
# Seconds since 1970 of any year up to 9999 fit between; persons take the bits above.
_SPAN = 1 << 40


def _method(texts: Mapping[str, str], which: str) -> str:
    text = f"From {texts['of']}: of the subject's {which} {texts['date']}"
    if texts.get("predose"):
        text += f"; records where {texts['predose']} lie before a reference of their day"
    return f"{text}."


@algorithm(main="date", method=lambda texts: _method(texts, "latest record at or before"))
def reference_before(
    date: Column,
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)],
    predose: Condition | None = None,
    if_none: Literal["missing", "finding"] = "missing",
    subject: Column = default("USUBJID"),
) -> Result:
    """A value of the last reference event before a record, such as the infusion it came after.

    1. A reference of an earlier day is before the record; one of the same day is when its time
       is not later, the two compared as precisely as both are known.
    2. A record that `predose` holds for was taken before every reference of its day.
    3. Of those take the latest.

    Missing: a missing date gives a missing value. Where there is no such reference the value is
    missing, with a finding if `if_none` says so. A date without day gives a missing value and a
    finding.
    Ties: of references of one moment the one that stands later in the dataset, with a finding.
    Source: ADaMIG 1.3, timing variables (analysis timing relative to a reference).
    Example: a sample on 2024-02-12 with infusions on 2024-01-15 and 2024-02-19 gives the first.

    Args:
        date: the date/time of the record.
        of: the references with their date/time and the value to take.
        predose: which records were taken before a reference of their day.
        if_none: what to make of a record that has no reference.
        subject: the subject of the row.
    """
    return _around("reference_before", date, of, predose, if_none, subject, step=-1)


@algorithm(main="date", method=lambda texts: _method(texts, "first record after"))
def reference_after(
    date: Column,
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)],
    predose: Condition | None = None,
    if_none: Literal["missing", "finding"] = "missing",
    subject: Column = default("USUBJID"),
) -> Result:
    """A value of the first reference event after a record, such as the infusion that follows.

    1. The references that are not before the record, as `reference_before` has it, are after it.
    2. Of those take the earliest.

    Missing: a missing date gives a missing value. Where there is no such reference the value is
    missing, with a finding if `if_none` says so. A date without day gives a missing value and a
    finding.
    Ties: of references of one moment the one that stands earlier in the dataset, with a finding.
    Source: ADaMIG 1.3, timing variables (analysis timing relative to a reference).
    Example: a sample on 2024-02-12 with infusions on 2024-01-15 and 2024-02-19 gives the second.

    Args:
        date: the date/time of the record.
        of: the references with their date/time and the value to take.
        predose: which records were taken before a reference of their day.
        if_none: what to make of a record that has no reference.
        subject: the subject of the row.
    """
    return _around("reference_after", date, of, predose, if_none, subject, step=0)


def _around(
    name: str,
    date: pd.Series[Any],
    of: Selected,
    predose: npt.NDArray[np.bool_] | None,
    if_none: str,
    subject: pd.Series[Any],
    *,
    step: int,
) -> Result:
    count = len(date)
    people = distinct(pd.concat([text_column(subject), text_column(of["by"])], ignore_index=True))
    person, theirs = people.codes[:count], people.codes[count:]
    when, refs = spans(date), spans(of["date"])
    usable = np.flatnonzero(refs.complete & (theirs >= 0))
    keys = theirs[usable] * _SPAN + refs.earliest[usable].astype(np.int64)
    usable = usable[np.argsort(keys, kind="stable")]
    keys = np.sort(keys)
    asked = when.complete & (person >= 0)
    place = np.searchsorted(keys, person * _SPAN + _until(when, predose, asked), side="right")
    place = place + step
    inside = asked & (place >= 0) & (place < len(keys))
    place = np.where(inside, place, 0)
    if len(keys):
        inside &= theirs[usable[place]] == person
        record = np.where(inside, usable[place], -1)
        tied = inside & _repeated(keys)[place]
    else:
        record, tied = np.full(count, -1, dtype=np.int64), inside
    values = pd.api.extensions.take(of["value"].array, record, allow_fill=True)
    issues = issue(
        f"{name}.undecided",
        "{value} has no day, so it lies between no certain records",
        when.known & ~when.complete,
        date,
        severity=Severity.WARNING,
    ) + issue(
        f"{name}.tie",
        f"several records of {of.name} have the time that {{value}} belongs to",
        tied,
        date,
        severity=Severity.WARNING,
    )
    if if_none == "finding":
        issues += issue(
            f"{name}.none", f"{of.name} has no such record for {{value}}", asked & ~inside, date
        )
    rows = np.flatnonzero(record >= 0)
    links = (Link(of.name, rows, of.rows[record[rows]]),) if len(rows) else ()
    return Result(pd.Series(values), issues, links)


def _until(when: Spans, predose: npt.NDArray[np.bool_] | None, asked: Any) -> Codes:
    """The last second of each record at which a reference is before it."""
    until = np.where(asked, when.latest.astype(np.int64), 0)
    if predose is not None:
        day = np.where(asked, when.earliest.astype(np.int64) // _DAY * _DAY - 1, 0)
        until = np.where(predose, day, until)
    return until


def _repeated(keys: Codes) -> npt.NDArray[np.bool_]:
    """Which sorted keys equal a neighbour."""
    same = keys[1:] == keys[:-1]
    return np.append(same, False) | np.append(np.zeros(1, dtype=np.bool_), same)  # type: ignore[no-any-return]
