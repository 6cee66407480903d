"""The record of another dataset that is nearest in time, within a declared number of days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np

from cdisc.algorithms.arguments import Column, Explaining, Result, Selected, default, records
from cdisc.algorithms.dates.days import DAY
from cdisc.algorithms.dates.moments import question
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


def _method(texts: Mapping[str, str]) -> str:
    return (
        f"From {texts['of']}: of the subject's record nearest to {texts['date']}, at most "
        f"{texts['days_before']} days before and {texts['days_after']} days after; of two equally "
        f"near the {texts['tie'] or 'earlier'} one."
    )


@algorithm(main="date", method=_method)
def nearest_record(
    date: Column,
    of: Annotated[Selected, records(by="USUBJID", date=None, value=None)],
    days_before: int,
    days_after: int,
    if_none: Literal["missing", "finding"],
    tie: Literal["earlier", "later"] = "earlier",
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Result:
    """A value of the subject's record of another dataset that is nearest in time.

    1. Count the days between the two dates, whatever the time of day.
    2. Of the records at most `days_before` days earlier or `days_after` days later, take the one
       with the fewest days between.

    The flag on the nearest record among these rows themselves is for `nearest_flag`; the record
    that one belongs to, however long ago, for `reference_record`.

    Missing: a missing date gives a missing value; one without a day too, with a finding. Where no
    record is near enough the value is missing, with a finding if `if_none` says so.
    Ties: of an earlier and a later record equally near, `tie` says which; of several of one day
    the first by time; several of one moment with different values give no value, with a finding.
    Source: the window that the analysis plan declares.
    Example: date 2024-03-10, records on 03-08 and 03-12, 3 days each way: that of 03-08.

    Args:
        date: ISO 8601 date of the record.
        of: the records to choose from, with their date and the value to take.
        days_before: how many days earlier a record may be.
        days_after: how many days later a record may be.
        if_none: what to make of a record that has none near.
        tie: which of two equally near records to take.
        subject: the subject of the row.
        explaining: whether to tell of each record why it was taken or not.
    """
    if days_before < 0 or days_after < 0:
        raise UsageError("nearest_record: days_before and days_after are numbers of days from 0")
    ask = question("nearest_record", date, of, subject)
    known, day = ask.known, ask.midnight // DAY
    before, after = known.around(ask.person, ask.midnight)
    before = known.first_of_day(before)
    later = np.where(after >= 0, known.day(after) - day, days_after + 1)
    earlier = np.where(before >= 0, day - known.day(before), days_before + 1)
    in_after, in_before = later <= days_after, earlier <= days_before
    first = earlier <= later if tie == "earlier" else earlier < later
    found = np.where(in_before & (first | ~in_after), before, np.where(in_after, after, -1))
    return ask.answer(
        found,
        if_none,
        f"{of.name} has no record near enough to {{value}}",
        explaining=explaining,
        one="the nearest one",
        others=f"more than {days_before} days before this record or {days_after} after it",
    )
