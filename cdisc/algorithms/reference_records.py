"""The event a record was timed by: the dose a sample was taken before or after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
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
from cdisc.algorithms.moments import DAY as _DAY
from cdisc.algorithms.moments import references
from cdisc.algorithms.partial_dates import spans
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.uniques import distinct, text_column
from cdisc.model import Severity


def _method(texts: Mapping[str, str]) -> str:
    text = f"From {texts['of']}: of the subject's latest record at or before {texts['date']}"
    if texts.get("before"):
        text += f"; where {texts['before']}, of the first one on or after its day"
    if texts.get("same_day") == "yes":
        text += "; where none of its day is, of the first one of that day"
    return f"{text}."


@algorithm(main="date", method=_method)
def reference_record(
    date: Column,
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)],
    if_none: Literal["missing", "finding"],
    before: Condition | None = None,
    same_day: bool = False,
    subject: Column = default("USUBJID"),
) -> Result:
    """A value of the subject's record that this one is timed by, such as a dose.

    1. A record that `before` holds for (a sample declared pre-dose) belongs to the first
       reference on or after its day.
    2. Any other belongs to the latest reference at or before it; the two are compared as
       precisely as both are known.
    3. With `same_day`, one that lies before the first reference of its day belongs to that one.

    Missing: a missing date gives a missing value. Where there is no such reference the value is
    missing, with a finding if `if_none` says so. A date without day gives a missing value and a
    finding.
    Ties: of references of one moment the one that stands later in the dataset, with a finding.
    Source: SDTMIG 3.4, section 4.4.10 (--TPTREF, --RFTDTC).
    Example: a sample on 2024-01-16 with doses on 2024-01-15 and 2024-02-19 belongs to the first.

    Args:
        date: ISO 8601 date/time of the record.
        of: the references with their date/time and the value to take.
        if_none: what to make of a record that has no reference.
        before: which records were taken before their reference.
        same_day: whether the first reference of the same day counts although it is later.
        subject: the subject of the row.
    """
    when = spans(date)
    people = distinct(pd.concat([text_column(subject), text_column(of["by"])], ignore_index=True))
    person, theirs = people.codes[: len(date)], people.codes[len(date) :]
    known = references(theirs, of["date"])
    usable = when.complete & (person >= 0)
    latest = np.where(usable, when.latest.astype(np.int64), 0)
    day = np.where(usable, when.earliest.astype(np.int64) // _DAY, 0)
    found = known.latest(person, latest)
    on_day = known.first_from(person, day * _DAY)
    if same_day:
        own = (found >= 0) & (known.day(found) == day)
        today = (on_day >= 0) & (known.day(on_day) == day)
        found = np.where(today & ~own, on_day, found)
    if before is not None:
        found = np.where(before, on_day, found)
    found = np.where(usable, found, -1)
    record = np.where(found >= 0, known.row[np.maximum(found, 0)], -1) if len(known.row) else found
    values = pd.api.extensions.take(of["value"].array, record, allow_fill=True)
    issues = issue(
        "reference_record.undecided",
        "{value} has no day, so it belongs to no certain record",
        when.known & ~when.complete,
        date,
        severity=Severity.WARNING,
    ) + issue(
        "reference_record.tie",
        f"several records of {of.name} have the time that {{value}} belongs to",
        known.tied[found] if len(known.row) else np.zeros(len(date), dtype=np.bool_),
        date,
        severity=Severity.WARNING,
    )
    if if_none == "finding":
        issues += issue(
            "reference_record.none",
            f"{of.name} has no record that {{value}} belongs to",
            usable & (found < 0),
            date,
        )
    rows = np.flatnonzero(record >= 0)
    links = (Link(of.name, rows, of.rows[record[rows]]),) if len(rows) else ()
    return Result(pd.Series(values), issues, links)
