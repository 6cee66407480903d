"""Assessments: examinations on several days that count as one, and their number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Result, default
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import distinct, pair
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity


@algorithm(
    main="of",
    method="Number of the assessment {of} within {subject}, assessments in the order of their "
    "first {date}.",
    gives="number",
)
def assessment_number(
    of: Column, date: Column, within: int, subject: Column = default("USUBJID")
) -> Result:
    """The number of an assessment of a subject, whose examinations may take several days.

    1. The records of a subject that name the same assessment belong to it; it begins on the
       first of their complete dates.
    2. Number the assessments of a subject 1, 2, 3, ... in the order in which they begin.

    Missing: a record without subject or assessment has no number; an assessment without a
    complete date has none either, with a finding.
    Ties: assessments that begin on one day are numbered by the text that names them, with a
    finding. A date more than `within` days after the first of its assessment is a finding.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.3.2; SDTMIG 3.4, section 6.3.12 (TRLNKGRP).
    Example: WEEK 6, scanned on 2024-02-21 and 2024-02-25, within 14, after SCREENING, is 2.

    Args:
        of: what names the assessment, its visit for example.
        date: ISO 8601 date of the examination.
        within: the days from the first date of an assessment to its last at most.
        subject: the subject.
    """
    if within < 0:
        raise UsageError("assessment_number: within cannot be negative")
    who, which = distinct(subject), distinct(of)
    known = ~(who.missing | which.missing)
    days = complete_days(date).to_numpy(dtype=np.float64)
    unit = pair([who.codes, which.codes])[0]
    first = np.full(int(unit.max(initial=-1)) + 1, np.inf)
    dated = np.flatnonzero(~np.isnan(days))
    np.minimum.at(first, unit[dated], days[dated])
    row = np.zeros(len(first), dtype=np.int64)
    row[unit] = np.arange(len(unit))  # some row of each assessment, to know its names by
    begun = np.isfinite(first)
    person, name = ranks(subject)[row], ranks(of)[row]
    order = np.lexsort((name, first, person))
    order = order[begun[order] & known[row[order]]]
    number, tied = np.full(len(first), np.nan), np.zeros(len(first), dtype=np.bool_)
    if len(order):
        starts = np.r_[True, person[order][1:] != person[order][:-1]]
        place = np.arange(len(order))
        number[order] = place - np.maximum.accumulate(np.where(starts, place, 0)) + 1
        same = np.r_[False, ~starts[1:] & (first[order][1:] == first[order][:-1])]
        tied[order] = same | np.r_[same[1:], False]
    issues = (
        *issue(
            "assessment_number.no_date",
            "no examination of {value} has a complete date, so it has no number",
            known & ~begun[unit],
            of,
        ),
        *issue(
            "assessment_number.tie",
            "{value} begins on the same day as another assessment of the subject",
            known & tied[unit],
            of,
        ),
        *issue(
            "assessment_number.too_far_apart",
            f"{{value}} is more than {within} days after the first date of its assessment",
            known & (days - first[unit] > within),
            date,
            severity=Severity.WARNING,
        ),
    )
    values: pd.Series[Any] = pd.Series(np.where(known, number[unit], np.nan))
    return Result(values, issues)
