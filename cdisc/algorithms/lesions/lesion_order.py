"""Tumour assessments of each subject in the order of time, and which come before treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue, Selected
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import Groups, ranks
from cdisc.algorithms.columns.subjects import first_row, of_subject
from cdisc.algorithms.columns.uniques import distinct, pair
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.errors import UsageError
from cdisc.model import Severity

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Assessments:
    """All assessments, those of a subject together and in order.

    `subject`, `number` (from 0 within the subject), `begin` and `last` (first and last day), `row`
    (one row of it) are parallel. Of each subject `first` is its first assessment, `many` how many
    it has, `treated` the number of the first one that is not before treatment, `start` the row of
    its start of treatment among the records that were selected or -1. `of_row` is the assessment
    of each row of the input, -1 where it has none.
    """

    subject: Ints
    number: Ints
    begin: Ints
    last: Ints
    row: Ints
    first: Ints
    many: Ints
    treated: Ints
    start: Ints
    of_row: Ints

    @property
    def count(self) -> int:
        """How many assessments there are."""
        return len(self.subject)

    @property
    def before(self) -> Marks:
        """Which are before treatment."""
        return self.number < self.treated[self.subject]


def assessments_of(
    groups: Groups,
    name: pd.Series[Any],
    days: npt.NDArray[np.float64],
    used: Marks,
    start: Selected,
    subject: pd.Series[Any],
    *,
    same_day: bool,
) -> tuple[Assessments, tuple[Issue, ...]]:
    """The assessments of the rows that are used, in the order of their first day."""
    names = distinct(name)
    rows = np.flatnonzero(used & ~names.missing)
    unit, (person, _) = pair([groups.of[rows], names.codes[rows]])
    count = len(person)
    begin, last = np.full(count, np.inf), np.full(count, -np.inf)
    dated = ~np.isnan(days[rows])
    np.minimum.at(begin, unit[dated], days[rows[dated]])
    np.maximum.at(last, unit[dated], days[rows[dated]])
    row = np.full(count, len(name), dtype=np.int64)
    np.minimum.at(row, unit, rows)
    rank = ranks(name)[row]
    order = np.lexsort((rank, last, begin, person))
    order = order[np.isfinite(begin[order])]
    who = person[order]
    new = np.r_[True, who[1:] != who[:-1]] if len(who) else np.zeros(0, dtype=np.bool_)
    place = np.arange(len(order), dtype=np.int64)
    number = place - np.maximum.accumulate(np.where(new, place, 0)) if len(order) else place
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = ~new[1:] & (begin[order][1:] == begin[order][:-1])
    index = np.full(count + 1, -1, dtype=np.int64)
    index[order] = place
    of_row = np.full(len(name), -1, dtype=np.int64)
    of_row[rows] = index[unit]
    many = np.bincount(who, minlength=groups.count).astype(np.int64)
    first = np.cumsum(many) - many
    start_day, start_row, start_issues = _starts(groups, subject, start)
    # an assessment is before treatment when all of it is
    limit = start_day[who] + (1 if same_day else 0)
    early = last[order] < limit
    treated = np.bincount(who[early], minlength=groups.count).astype(np.int64)
    late_first = np.where(many > 0, np.minimum(treated, many), 0)
    found = Assessments(
        who,
        number,
        begin[order].astype(np.int64),
        last[order].astype(np.int64),
        row[order],
        first,
        many,
        late_first,
        start_row,
        of_row,
    )
    lost = np.zeros(len(name), dtype=np.bool_)
    lost[rows] = ~np.isfinite(begin)[unit]
    tied = np.zeros(len(name), dtype=np.bool_)
    tied[row[order[same]]] = True
    return found, (
        *issue(
            "tumor_sums.no_assessment",
            "a measurement belongs to no assessment",
            used & names.missing,
        ),
        *issue(
            "tumor_sums.no_date",
            "no measurement of {value} has a complete date; the assessment is left out",
            lost,
            name,
        ),
        *issue(
            "tumor_sums.assessment_tie",
            "{value} begins on the same day as another assessment of the subject",
            tied,
            name,
        ),
        *start_issues,
    )


def _starts(
    groups: Groups, subject: pd.Series[Any], start: Selected
) -> tuple[npt.NDArray[np.float64], Ints, tuple[Issue, ...]]:
    """The day on which treatment of each subject started, and the record that says so."""
    people = of_subject(subject.take(groups.first), [start])
    theirs = people.records[people.records >= 0]
    if len(np.unique(theirs)) < len(theirs):
        raise UsageError(
            f"{start.name} has several records of a subject; the start of treatment is not certain",
            hint="Choose one of them: where",
        )
    found = first_row(people.records, people.count)[people.rows]
    days = np.append(complete_days(start["date"]).to_numpy(dtype=np.float64), np.nan)[found]
    untreated = np.zeros(len(subject), dtype=np.bool_)
    untreated[groups.first[np.isnan(days)]] = True
    rows = np.where(np.isnan(days), -1, np.append(start.rows, -1)[found])
    return (
        np.where(np.isnan(days), np.inf, days),
        rows,
        issue(
            "tumor_sums.no_start",
            "nothing is derived for a subject without a day on which treatment started",
            untreated,
            severity=Severity.INFO,
        ),
    )
