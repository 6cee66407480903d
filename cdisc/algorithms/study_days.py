"""Study days: a date counted from a reference date, without a day 0."""

from __future__ import annotations

from cdisc.algorithms.arguments import Column, Result, default
from cdisc.algorithms.iso_dates import complete_days
from cdisc.algorithms.registry import algorithm


@algorithm(
    main="date",
    method="Days from {reference} to {date} by their date parts, plus 1 on or after "
    "{reference}; null when either date is missing or incomplete.",
)
def study_day(date: Column, reference: Column = default("DM.RFSTDTC")) -> Result:
    """The study day of a date, counted from the subject's reference date.

    1. Take the date part of both ISO 8601 values.
    2. On or after the reference: difference in days plus 1; before it: the difference.

    Missing: a missing or partial date, or reference, gives a missing day. There is no day 0.
    Source: SDTMIG 3.4, section 4.4.4.
    Example: date 2014-01-03, reference 2014-01-02 gives 2.

    Args:
        date: ISO 8601 date or date/time.
        reference: ISO 8601 reference date of the subject.
    """
    days = complete_days(date) - complete_days(reference)
    return Result(days.where(days < 0, days + 1))
