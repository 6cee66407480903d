"""Study days: a date counted from a reference date, without a day 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, DateColumn, Result, default
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.registry import algorithm


@algorithm(
    main="date",
    method="Days from {reference} to {date} by their date parts, plus 1 on or after "
    "{reference}; null when either date is missing or incomplete.",
    gives="number",
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


@algorithm(
    main="date",
    method="Days from {reference} to {date} by their date parts, plus 1 on or after "
    "{reference}; null when either is missing.",
    gives="number",
)
def analysis_day(date: DateColumn, reference: DateColumn = default("TRTSDT")) -> Result:
    """The analysis day of a numeric date, counted from the subject's reference date.

    1. Take the date part of both.
    2. On or after the reference: difference in days plus 1; before it: the difference.

    Missing: a missing date or reference gives a missing day. There is no day 0.
    Source: ADaMIG 1.3, section 3.3.3 (ADY, ASTDY, AENDY).
    Example: date 2014-01-03, reference 2014-01-02 gives 2.

    Args:
        date: the date or date/time, numeric or ISO 8601.
        reference: the reference date of the subject.
    """
    days = _days(date) - _days(reference)
    return Result(days.where(days < 0, days + 1))


def _days(column: pd.Series[Any]) -> pd.Series[Any]:
    """Days since 1970-01-01; numeric dates need not be written as text for that."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return complete_days(column)
    moments = column.to_numpy(dtype="datetime64[D]")
    days = np.where(np.isnat(moments), np.nan, moments.astype(np.float64))
    return pd.Series(days)
