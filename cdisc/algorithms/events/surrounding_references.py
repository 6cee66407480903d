"""The reference events around a record: the last one before it and the first one after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Explaining,
    Result,
    Selected,
    Shared,
    default,
    records,
)
from cdisc.algorithms.dates.moments import question
from cdisc.algorithms.registry import algorithm


def _method(texts: Mapping[str, str], which: str) -> str:
    text = f"From {texts['of']}: of the subject's {which} {texts['date']}"
    if texts.get("predose"):
        text += f"; records where {texts['predose']} lie before a reference of their day"
    return f"{text}."


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Records with a time, and the reference events around them.

    Args:
        date: the date/time of the record.
        of: the references with their date/time and the value to take.
        if_none: what to make of a record that has no reference.
        predose: which records were taken before a reference of their day.
        subject: the subject of the row.
        explaining: whether to tell of each record why it was taken or not.
    """

    date: Column
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)]
    if_none: Literal["missing", "finding"]
    predose: Condition | None = None
    subject: Column = default("USUBJID")
    explaining: Explaining = False


@algorithm(main="date", method=lambda texts: _method(texts, "latest record at or before"))
def reference_before(timed: Shared[Timed]) -> Result:
    """A value of the last reference event before a record, such as the infusion it came after.

    1. A reference of an earlier day is before the record; one of the same day is when its time
       is not later, the two compared as precisely as both are known.
    2. A record that `predose` holds for was taken before every reference of its day.
    3. Of those take the latest.

    The one reference that a record is timed by, which for a sample taken pre-dose is the one after
    it, is for `reference_record`.

    Missing: a missing date gives a missing value. Where there is no such reference the value is
    missing, with a finding if `if_none` says so. A date without day gives a missing value and a
    finding.
    Ties: references of one moment with different values give no value, with a finding.
    Source: ADaMIG 1.3, timing variables (analysis timing relative to a reference).
    Example: a sample on 2024-02-12 with infusions on 2024-01-15 and 2024-02-19 gives the first.

    Args:
        timed: the records and the references.
    """
    return _around("reference_before", timed, after=False)


@algorithm(main="date", method=lambda texts: _method(texts, "first record after"))
def reference_after(timed: Shared[Timed]) -> Result:
    """A value of the first reference event after a record, such as the infusion that follows.

    1. The references that are not before the record, as `reference_before` has it, are after it.
    2. Of those take the earliest.

    Missing: as in `reference_before`.
    Ties: as in `reference_before`.
    Source: ADaMIG 1.3, timing variables (analysis timing relative to a reference).
    Example: a sample on 2024-02-12 with infusions on 2024-01-15 and 2024-02-19 gives the second.

    Args:
        timed: the records and the references.
    """
    return _around("reference_after", timed, after=True)


def _around(name: str, timed: Timed, *, after: bool) -> Result:
    ask = question(name, timed.date, timed.of, timed.subject)
    early = timed.predose
    until = ask.until if early is None else np.where(early, ask.midnight - 1, ask.until)
    # moments are whole seconds: what is not up to a second is from the next one on
    found = (
        ask.known.first_from(ask.person, until + 1)
        if after
        else ask.known.latest(ask.person, until)
    )
    message = f"{timed.of.name} has no such record for {{value}}"
    return ask.answer(found, timed.if_none, message, explaining=timed.explaining)
