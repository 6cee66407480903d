"""The event a record was timed by: the dose a sample was taken before or after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Explaining,
    Result,
    Selected,
    default,
    records,
)
from cdisc.algorithms.dates.days import DAY
from cdisc.algorithms.dates.moments import question
from cdisc.algorithms.registry import algorithm


def _method(texts: Mapping[str, str]) -> str:
    text = f"From {texts['of']}: of the subject's latest record at or before {texts['date']}"
    if texts.get("predose"):
        text += f"; where {texts['predose']}, of the first one on or after its day"
    if texts.get("same_day") == "yes":
        text += "; where none of its day is, of the first one of that day"
    return f"{text}."


@algorithm(main="date", method=_method)
def reference_record(
    date: Column,
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)],
    if_none: Literal["missing", "finding"],
    predose: Condition | None = None,
    same_day: bool = False,
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Result:
    """A value of the subject's record that this one is timed by, such as a dose.

    1. A record that `predose` holds for belongs to the first
       reference on or after its day.
    2. Any other belongs to the latest reference at or before it; the two are compared as
       precisely as both are known.
    3. With `same_day`, one that lies before the first reference of its day belongs to that one.

    Both sides of a record are for `reference_before` and `reference_after`, where a record taken
    pre-dose lies between two references; the nearest within days for `nearest_record`.

    Missing: a missing date gives a missing value. Where there is no such reference the value is
    missing, with a finding if `if_none` says so. A date without day gives a missing value and a
    finding.
    Ties: references of one moment with different values give no value, with a finding.
    Source: SDTMIG 3.4, section 4.4.10 (--TPTREF, --RFTDTC).
    Example: a sample on 2024-01-16 with doses on 2024-01-15 and 2024-02-19 belongs to the first.

    Args:
        date: ISO 8601 date/time of the record.
        of: the references with their date/time and the value to take.
        if_none: what to make of a record that has no reference.
        predose: which records were taken before their reference.
        same_day: whether the first reference of the same day counts although it is later.
        subject: the subject of the row.
        explaining: whether to tell of each record why it was taken or not.
    """
    ask = question("reference_record", date, of, subject)
    known = ask.known
    found = known.latest(ask.person, ask.until)
    on_day = known.first_from(ask.person, ask.midnight)
    if same_day:
        day = ask.midnight // DAY
        own = (found >= 0) & (known.day(found) == day)
        today = (on_day >= 0) & (known.day(on_day) == day)
        found = np.where(today & ~own, on_day, found)
    if predose is not None:
        found = np.where(predose, on_day, found)
    return ask.answer(
        found, if_none, f"{of.name} has no record that {{value}} belongs to", explaining=explaining
    )
