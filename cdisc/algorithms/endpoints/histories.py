"""Assessments of each subject in the order of their dates, as the endpoints read them.

Record algorithms that judge a subject's responses are given the subject's own row (the groups)
and the responses as records of another dataset. Here the two are brought together: which group
a record belongs to, its day, its response as a number, sorted by group and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.arguments import Considered, Issue, Selected
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import Groups, in_order, packed, ranks
from cdisc.algorithms.columns.uniques import Codes, distinct, is_missing, spread_array
from cdisc.algorithms.dates.days import NONE
from cdisc.algorithms.dates.days import dates_of as days_as_dates
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.errors import UsageError
from cdisc.model import Severity

Marks = npt.NDArray[np.bool_]
Days = npt.NDArray[np.float64]
_WHOLE = 2.0**40


def days_of(column: pd.Series[Any]) -> Days:
    """Days since 1970-01-01 of numeric dates or ISO 8601 texts; NaN without a complete date."""
    return complete_days(column).to_numpy(dtype=np.float64, na_value=np.nan)


def dates_of(days: Days) -> pd.Series[Any]:
    """Days since 1970-01-01 as a column of dates (datetime64[s]); NaN gives a missing one."""
    known = np.isfinite(days)
    whole = np.where(known, days, 0.0).astype(np.int64)
    return pd.Series(days_as_dates(np.where(known, whole, NONE)))


def date_text(days: Days) -> npt.NDArray[np.str_]:
    """Days since 1970-01-01 as ISO 8601 texts; `NaT` for NaN."""
    moments = dates_of(days).to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
    return np.datetime_as_string(moments)


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """The groups as subjects: `of` gives the group of each record by its subject's id.

    `texts` are the ids (Arrow), `group` the group of each.
    """

    groups: Groups
    texts: pa.Array
    group: Codes

    @property
    def count(self) -> int:
        """How many subjects there are."""
        return self.groups.count

    def of(self, by: pd.Series[Any]) -> Codes:
        """The group of each record, -1 for records of other subjects."""
        theirs = distinct(by)
        place = pc.fill_null(pc.index_in(theirs.array, value_set=self.texts), -1)
        found = spread_array(np.asarray(place, dtype=np.int64), self.group, -1)
        return spread_array(theirs.codes, found, -1)


def persons(groups: Groups, subject: pd.Series[Any], algorithm: str) -> Persons:
    """The subjects that the groups are. Raises UsageError when two groups are one subject."""
    ours = distinct(subject.take(groups.first))
    known = np.flatnonzero(~ours.missing)
    if len(known) > len(ours.array):
        raise UsageError(
            f"{algorithm}: several groups are of one subject",
            hint="Make the groups by the subject alone",
        )
    group = np.empty(len(ours.array), dtype=np.int64)
    group[ours.codes[known]] = known
    return Persons(groups, ours.array, group)


def of_group(
    column: pd.Series[Any] | None, groups: Groups, algorithm: str, what: str
) -> tuple[Days, tuple[Issue, ...]]:
    """One day for each group, and an issue where the records of a group differ.

    The earliest day of the group is taken, so that the order of the records does not matter.
    NaN for all when there is no column.
    """
    if column is None:
        return np.full(groups.count, np.nan), ()
    days = days_of(column)
    first = np.full(groups.count, np.inf)
    last = np.full(groups.count, -np.inf)
    known = np.flatnonzero(np.isfinite(days))
    np.minimum.at(first, groups.of[known], days[known])
    np.maximum.at(last, groups.of[known], days[known])
    found = np.where(np.isfinite(first), first, np.nan)
    differs = (first < last)[groups.of] & (days != first[groups.of]) & np.isfinite(days)
    return found, issue(
        f"{algorithm}.several_dates",
        f"the records of the subject have several dates of {what}; the earliest counts, not "
        "{value}",
        differs,
        column,
    )


@dataclass(frozen=True, slots=True, eq=False)
class InOrder:
    """Records with a date, sorted by subject and day.

    `group`, `day` and `record` (a position in the selection) are parallel. `count` is the number
    of subjects, also those without any record.
    """

    group: Codes
    day: Days
    record: Codes
    count: int

    def __len__(self) -> int:
        return len(self.group)

    def first(self, holds: Marks) -> Codes:
        """For each subject the place of the first record that `holds`, -1 without one."""
        found = np.full(self.count, -1, dtype=np.int64)
        places = np.flatnonzero(holds)[::-1]
        found[self.group[places]] = places
        return found

    def last(self, holds: Marks) -> Codes:
        """For each subject the place of the last record that `holds`, -1 without one."""
        found = np.full(self.count, -1, dtype=np.int64)
        places = np.flatnonzero(holds)
        found[self.group[places]] = places
        return found

    def day_of(self, place: Codes) -> Days:
        """The day at each place, NaN at -1."""
        return np.append(self.day, np.nan)[place]

    def record_of(self, place: Codes) -> Codes:
        """The position in the selection at each place, -1 at -1."""
        return np.append(self.record, -1)[place]


@dataclass(frozen=True, slots=True, eq=False)
class History(InOrder):
    """Assessments sorted by subject and day, one of each day; `answer` a number among the terms."""

    answer: Codes

    @property
    def starts(self) -> Marks:
        """Which assessments are the first of their subject."""
        starts = np.ones(len(self), dtype=np.bool_)
        starts[1:] = self.group[1:] != self.group[:-1]
        return starts

    @property
    def ends(self) -> Codes:
        """For each assessment the place after the last one of its subject."""
        last = np.searchsorted(self.group, np.arange(self.count), side="right")
        return last[self.group].astype(np.int64)

    def where(self, keep: Marks) -> History:
        """The assessments that `keep` holds for."""
        return replace(
            self,
            group=self.group[keep],
            day=self.day[keep],
            answer=self.answer[keep],
            record=self.record[keep],
        )


def history(
    selected: Selected, people: Persons, worst_first: Sequence[str], algorithm: str
) -> tuple[History, tuple[Issue, ...]]:
    """The assessments of the subjects, of each day the worst, and what could not be read.

    Args:
        selected: records with the columns by, date, response.
        people: the subjects.
        worst_first: the terms that a response may have, the worst first.
        algorithm: the name that issues bear.

    Returns answers as numbers among `worst_first`. Records without response are left out; those
    without complete date or with another word too, with an issue at the subject's first row.
    """
    group = people.of(selected["by"])
    responses = distinct(selected["response"])
    place = {term: number for number, term in enumerate(worst_first)}
    known = np.array([place.get(text.strip(), -2) for text in responses.texts], dtype=np.int64)
    answer = spread_array(responses.codes, known, -1)
    day = days_of(selected["date"])
    ours = group >= 0
    usable = ours & (answer >= 0) & np.isfinite(day)
    rows = np.flatnonzero(usable)
    last_first = -sequence_of(selected)[rows]
    days = day[rows].astype(np.int64)
    order = rows[in_order(packed([group[rows], days, answer[rows], last_first]))]
    found = History(group[order], day[order], order, people.count, answer[order])
    single = found.starts
    single[1:] |= found.day[1:] != found.day[:-1]
    strange = ours & (answer == -2)
    undated = ours & (answer >= 0) & ~np.isfinite(day)
    issues = told(
        people.groups,
        f"{algorithm}.unknown",
        "{value} is no response that these criteria have; the record is left out",
        group,
        strange,
        selected["response"],
        hint=f"They have {', '.join(worst_first)}",
    ) + told(
        people.groups,
        f"{algorithm}.no_date",
        "a response {value} has no complete date; the record is left out",
        group,
        undated,
        selected["response"],
    )
    return found.where(single), issues


def sequence_of(selected: Selected) -> Codes:
    """What orders records of one day: their sequence numbers, or equal numbers without any."""
    if "sequence" not in selected.columns:
        return np.zeros(len(selected), dtype=np.int64)
    return ordering(selected["sequence"])


def ordering(column: pd.Series[Any]) -> Codes:
    """Whole numbers in the order of the values; the values themselves where they are whole."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.all(np.abs(values) < _WHOLE) and np.all(values == np.floor(values)):
            return values.astype(np.int64)
    return ranks(column)


def told(
    groups: Groups,
    rule: str,
    message: str,
    group: Codes,
    where: Marks,
    values: pd.Series[Any] | None = None,
    *,
    severity: Severity = Severity.ERROR,
    hint: str = "",
) -> tuple[Issue, ...]:
    """An issue about records of another dataset, told at the first row of their subjects.

    Each record is told, with its own value, whatever the order of the records.
    """
    rows = np.flatnonzero(where)
    if not len(rows):
        return ()
    ranked = np.zeros(len(rows), dtype=np.int64)
    if values is not None:
        ranked = ranks(values.take(rows).reset_index(drop=True))
    order = np.lexsort((ranked, group[rows]))
    rows = rows[order]
    found = None if values is None else values.take(rows).reset_index(drop=True)
    return (Issue(rule, message, groups.first[group[rows]], severity, found, hint),)


def source_columns(selected: Selected, record: Codes) -> dict[str, pd.Series[Any]]:
    """SRCDOM, SRCVAR and SRCSEQ of the records chosen; missing at position -1.

    Where the records say themselves what they came from (`domain`, `variable`), that stands;
    otherwise they are their own source: their dataset, and the variable that has the date.
    """

    def column(name: str, text: str) -> pd.Series[Any]:
        if name in selected.columns:
            return taken(selected[name], record)
        return taken(pd.Series([text or None], dtype="str"), np.where(record >= 0, 0, -1))

    sequence = (
        taken(selected["sequence"], record).astype(np.float64)
        if "sequence" in selected.columns
        else pd.Series(np.full(len(record), np.nan))
    )
    return {
        "SRCDOM": column("domain", selected.name),
        "SRCVAR": column("variable", selected.variables.get("date", "")),
        "SRCSEQ": sequence,
    }


def taken(column: pd.Series[Any], positions: Codes) -> pd.Series[Any]:
    """The values at these positions, missing at -1."""
    return pd.Series(pd.api.extensions.take(column.array, positions, allow_fill=True))


def considered(
    selected: Selected, made: Codes, record: Codes, taken_: Marks, why: Sequence[str] | Any
) -> Considered:
    """The records of a selection that were considered, by their positions in it."""
    reasons = pd.Series(pd.array(list(why), dtype="str"))
    return Considered(selected.name, made, selected.rows[record], taken_, reasons)


def present(column: pd.Series[Any]) -> Marks:
    """Where there is a value."""
    return ~is_missing(column)
