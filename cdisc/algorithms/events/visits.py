"""Visit numbers: planned visits by their label, unscheduled ones by where their date falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, Link, Result, Selected, default, records
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import decimal
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import Codes, distinct, pair, text_column
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.registry import algorithm

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_MOST_UNSCHEDULED = 99


@algorithm(
    main="label",
    method="Number of the planned visit {label} in {planned}; for an unscheduled visit the "
    "number of the planned visit before it by {date}, plus 0.01 for each unscheduled visit since.",
    gives="number",
)
def visit_number(
    label: Column,
    date: Column,
    subject: Column = default("USUBJID"),
    planned: Annotated[
        Selected, records("TV", label="VISIT", number="VISITNUM", arm="ARMCD")
    ] = default("TV"),
    unscheduled: str = "UNSCHEDULED",
    arm: Column | None = None,
) -> Result:
    """The visit number of a record, planned or unscheduled.

    1. A label that is a planned visit has that visit's number; with `arm`, the number planned
       for the subject's arm, or for all arms.
    2. A label that starts with the word for unscheduled visits has the number of the planned
       visit before it, plus 0.01, 0.02, ... by date, on one day by label. Before means: the
       subject's latest planned visit among these records on or before that day.

    Missing: a missing label gives a missing number. A label that is neither, an unscheduled
    visit without a complete date or without a planned visit before it, and more than 99
    unscheduled visits after one planned, give a missing number and a finding.
    Ties: of planned visits on one day, the one with the highest number; records of one
    unscheduled day and label share a number. A label planned with several numbers gives a
    missing number and a finding.
    Source: SDTMIG 3.4, section 4.4.5 (clinical encounters and visits) and section 7.3 (TV).
    Example: UNSCHEDULED a week after WEEK 4 with number 5 gives 5.01.

    Args:
        label: the label of the visit.
        date: ISO 8601 date of the record.
        subject: the subject of the row.
        planned: the planned visits.
        unscheduled: how the label of an unscheduled visit starts.
        arm: the subject's planned arm code, where visits differ between arms.
    """
    labels = distinct(label)
    arms = None if arm is None else distinct(arm)
    every = np.full(len(label), -1, dtype=np.int64)
    codes, (label_codes, arm_codes) = pair([labels.codes, every if arms is None else arms.codes])
    plan = _plan(planned, by_arm=arms is not None)
    label_texts = [*labels.texts, ""]
    arm_texts = [*(arms.texts if arms is not None else ()), ""]
    found = [
        plan.find(label_texts[label_code], arm_texts[arm_code], unscheduled)
        for label_code, arm_code in zip(label_codes.tolist(), arm_codes.tolist(), strict=True)
    ]
    number = np.array([one.number for one in found], dtype=np.float64)[codes]
    parent = np.array([one.row for one in found], dtype=np.int64)[codes]
    kind = np.array([one.kind for one in found], dtype="U11")[codes]
    extra = kind == "unscheduled"
    values, issues = number, _label_issues(kind, label)
    if extra.any():
        days = complete_days(date)
        values, more = _with_unscheduled(number, extra, ranks(label), days, subject, date)
        issues += more
    rows = np.flatnonzero(parent >= 0)
    links = (Link(planned.name, rows, planned.rows[parent[rows]]),) if len(rows) else ()
    return Result(pd.Series(values), issues, links)


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    number: float = float("nan")
    row: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Rows of the planned visits by arm and label (arm empty: all arms), with their numbers."""

    rows: dict[tuple[str, str], list[int]]
    numbers: Floats

    def find(self, label: str, arm: str, unscheduled: str) -> _Found:
        if not label:
            return _Found("missing")
        rows = self.rows.get((arm, label)) or self.rows.get(("", label), [])
        numbers = {float(self.numbers[row]) for row in rows}
        if len(numbers) == 1:
            return _Found("planned", numbers.pop(), rows[0])
        if numbers:
            return _Found("several")
        return _Found("unscheduled" if label.startswith(unscheduled) else "unknown")


def _plan(planned: Selected, *, by_arm: bool) -> _Plan:
    label, arm = distinct(planned["label"]), distinct(planned["arm"])
    texts = distinct(planned["number"])
    exact = [decimal(text) for text in texts.texts]
    numbers = texts.numbers([np.nan if value is None else float(value) for value in exact])
    rows: dict[tuple[str, str], list[int]] = {}
    for row, (label_code, arm_code) in enumerate(
        zip(label.codes.tolist(), arm.codes.tolist(), strict=True)
    ):
        if label_code >= 0 and not np.isnan(numbers[row]):
            own = arm.texts[arm_code] if by_arm and arm_code >= 0 else ""
            rows.setdefault((own, label.texts[label_code]), []).append(row)
    return _Plan(rows, numbers.to_numpy())


def _label_issues(kind: npt.NDArray[Any], label: pd.Series[Any]) -> tuple[Issue, ...]:
    return (
        *issue("visit_number.unknown", "{value} is not a planned visit", kind == "unknown", label),
        *issue(
            "visit_number.several",
            "{value} is planned with several visit numbers",
            kind == "several",
            label,
            hint="Name the subject's arm under arm",
        ),
    )


def _with_unscheduled(
    number: Floats,
    extra: Marks,
    label: Codes,
    days: pd.Series[Any],
    subject: pd.Series[Any],
    date: pd.Series[Any],
) -> tuple[Floats, tuple[Issue, ...]]:
    person = distinct(text_column(subject)).codes
    day = days.to_numpy(dtype=np.float64)
    base = _planned_before(number, extra, day, person)
    dated = extra & ~np.isnan(day)
    based = dated & ~np.isnan(base)
    rank = np.zeros(len(number))
    rows = np.flatnonzero(based)
    rank[rows] = _rank_since(person[rows], base[rows], day[rows], label[rows])
    fits = based & (rank <= _MOST_UNSCHEDULED)
    values = np.where(fits, np.round(base * 100 + rank) / 100, np.where(extra, np.nan, number))
    issues = (
        *issue(
            "visit_number.undated",
            "an unscheduled visit without a complete date has no number",
            extra & ~dated,
            date,
        ),
        *issue(
            "visit_number.no_planned_visit",
            "there is no planned visit on or before the unscheduled one on {value}",
            dated & ~based,
            date,
        ),
        *issue(
            "visit_number.too_many",
            "there are more than 99 unscheduled visits after one planned visit",
            based & ~fits,
            date,
        ),
    )
    return values, issues


def _planned_before(number: Floats, extra: Marks, day: Floats, person: Codes) -> Floats:
    """For each row the number of the subject's latest planned visit on or before its day."""
    usable = np.flatnonzero(~np.isnan(day) & (person >= 0) & (extra | ~np.isnan(number)))
    # Numbers that are missing sort last, so unscheduled visits come after planned ones of the day.
    order = usable[np.lexsort((number[usable], day[usable], person[usable]))]
    place = np.arange(len(order))
    latest = np.maximum.accumulate(np.where(extra[order], -1, place)) if len(order) else place
    own = (latest >= 0) & (person[order[np.maximum(latest, 0)]] == person[order])
    base = np.full(len(number), np.nan)
    base[order[own]] = number[order[latest[own]]]
    return base


def _rank_since(person: Codes, base: Floats, day: Floats, label: Codes) -> Floats:
    """1, 2, 3 for the distinct days, and labels of a day, since each subject's planned visit."""
    order = np.lexsort((label, day, base, person))
    new_group = np.ones(len(order), dtype=np.bool_)
    new_group[1:] = (np.diff(person[order]) != 0) | (np.diff(base[order]) != 0)
    new_visit = new_group.copy()
    new_visit[1:] |= (np.diff(day[order]) != 0) | (np.diff(label[order]) != 0)
    count = np.cumsum(new_visit)
    first = np.maximum.accumulate(np.where(new_group, count, 0))
    rank = np.empty(len(order))
    rank[order] = count - first + 1
    return rank
