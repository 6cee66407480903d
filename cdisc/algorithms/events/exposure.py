"""Exposure in numbers: total dose, doses, duration, dose intensity, given against planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Condition, DateColumn, Grouped, Made, NumberColumn
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import Groups, summarize
from cdisc.algorithms.dates.days import NONE, Seconds, dates_of, days_of
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.comparisons import to_fifteen_digits
from cdisc.errors import UsageError
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Measure = Literal["total", "count", "duration", "intensity", "relative_intensity"]
_WEEK = 7


def _method(texts: Mapping[str, str]) -> str:
    dose, start = texts["dose"], texts["start"]
    end = texts.get("end") or start
    span = f"the days from the first {start} to the last, plus {texts.get('interval') or '0'},"
    intensity = f"7 times the sum of {dose} of the doses given, divided by {span}"
    planned = f"the sum of {texts.get('planned')} of all doses planned, given or not"
    relative = f"100 times the sum of {dose} of the doses given, divided by {planned}"
    if texts.get("interval"):
        relative += f"; both by time: {span} against {texts['interval']} days for each dose planned"
    words = {
        "total": f"Sum of {dose} of the doses given by {start}",
        "count": f"Number of doses given by {dose} and {start}",
        "duration": f"Days from the first {start} to the last {end} of doses with {dose}, plus 1",
        "intensity": intensity.removesuffix(","),
        "relative_intensity": f"{relative}, doses by {start}",
    }
    return words.get(texts["measure"], f"{texts['measure']} of {dose} by {start}") + "."


@algorithm(main="dose", method=_method, makes=("AVAL", "ASTDT", "AENDT"))
def exposure_summary(
    groups: Grouped,
    measure: Measure,
    dose: NumberColumn,
    start: DateColumn,
    end: DateColumn | None = None,
    planned: NumberColumn | None = None,
    interval: int | None = None,
    given: Condition | None = None,
) -> Made:
    """One number for the doses of each group, such as a subject and drug.

    1. Take the doses that were given: those above 0, or those that `given` holds for.
    2. `total` is their sum, `count` their number, `duration` the days from the first start to the
       last end, both included.
    3. `intensity` is the sum for each week of the time from the first start to the last, the
       `interval` of the last dose included.
    4. `relative_intensity` is the percentage that was given of what was planned: of the sum of
       `planned` over all records, given or not. With `interval` both are taken by time: the
       actual time as for `intensity`, the planned one as an interval for each dose planned.
    5. ASTDT is the first day of a dose, AENDT the last.

    A number on the record of the subject itself, of any records, is for `summary_over`; the first
    and last day of treatment there for `exposure_date`.

    Missing: a group without a dose given has a total, a count and a relative intensity of 0, and
    no record otherwise. A dose given without a whole date or without its amount, a dose below 0
    and a planned dose that is missing give a missing number of their group, with a finding.
    Ties: doses of one day are each a dose.
    Source: ADaMIG 1.3, section 3.3 (BDS); relative dose intensity as usual in oncology.
    Example: doses 2 and 1 of planned 2 and 2 give a total of 3 and a relative intensity of 75.

    Args:
        groups: the doses of one subject and drug.
        measure: what to make of the doses.
        dose: the dose as a number; missing or 0 when it was not given.
        start: when it was given, or planned.
        end: when it ended; otherwise its start.
        planned: the dose that was planned, on each record.
        interval: the planned days from one dose to the next, 1 or more.
        given: which records are doses given, when a dose of 0 is one, as of placebo.
    """
    if interval is not None and not interval >= 1:
        raise UsageError("exposure_summary: interval is a number of days from 1")
    if not pd.api.types.is_numeric_dtype(dose.dtype):
        raise UsageError("exposure_summary needs the dose as a number", hint="Make one: number")
    amount = dose.to_numpy(dtype=np.float64, na_value=np.nan)
    negative = amount < 0
    taken = amount > 0 if given is None else given & ~negative
    first, last = days_of(start), days_of(start if end is None else end)
    starts = _extreme(first, taken, groups, latest=False)
    ends = _extreme(last, taken, groups, latest=True)
    undated = taken & ((first == NONE) | (last == NONE))
    count = np.bincount(groups.of[taken], minlength=groups.count).astype(np.float64)
    total = _sum(np.where(taken, amount, np.nan), groups)
    days = _apart(_extreme(first, taken, groups, latest=True), starts)
    lost = np.zeros(groups.count, dtype=np.bool_)
    lost[groups.of[negative]] = True
    issues = issue(
        "exposure_summary.negative_dose",
        "a dose of {value} is below 0; the numbers of its group are missing",
        negative,
        dose,
    )
    timed = interval is not None
    if measure == "total":
        values, timed = total, False
    elif measure == "count":
        values, timed = count, False
    elif measure == "duration":
        values, timed = _apart(ends, starts) + 1, True
    elif measure == "intensity":
        if interval is None:
            raise UsageError("exposure_summary needs interval for the intensity")
        values = _ratio(total * _WEEK, days + interval)
    elif planned is None:
        raise UsageError("exposure_summary needs planned for the relative intensity")
    else:
        plan = planned.to_numpy(dtype=np.float64, na_value=np.nan)
        unplanned = np.isnan(plan)
        lost[groups.of[unplanned]] = True
        issues += issue(
            "exposure_summary.no_plan",
            "there is no planned dose; the relative intensity is missing",
            unplanned,
            severity=Severity.WARNING,
        )
        values = _ratio(100 * total, _sum(plan, groups))
        if interval is not None:
            number = np.bincount(groups.of, minlength=groups.count) * interval
            values = np.where(count > 0, _ratio(values * number, days + interval), values)
    if measure in _OF_AMOUNTS:
        unknown = taken & np.isnan(amount)
        lost[groups.of[unknown]] = True
        issues += issue(
            "exposure_summary.no_dose",
            "a dose was given whose amount is missing; so are the numbers made of it",
            unknown,
            severity=Severity.WARNING,
        )
    if timed:
        lost[groups.of[undated]] = True
        issues += issue(
            "exposure_summary.no_date",
            "a dose was given on a day that is not known: {value}",
            undated,
            start,
            severity=Severity.WARNING,
        )
    values = np.where(lost, np.nan, values)
    kept = np.flatnonzero((count > 0) | np.full(groups.count, measure in _ALSO_OF_NONE))
    none = np.empty(0, dtype=np.int64)
    columns = {
        "AVAL": pd.Series(values[kept]),
        "ASTDT": pd.Series(dates_of(starts[kept])),
        "AENDT": pd.Series(dates_of(ends[kept])),
    }
    return Made(columns, kept, none, none, issues)


_OF_AMOUNTS = ("total", "intensity", "relative_intensity")
_ALSO_OF_NONE = ("total", "count", "relative_intensity")


def _extreme(days: Seconds, taken: Marks, groups: Groups, *, latest: bool) -> Seconds:
    """The first or last day of the doses of each group; NONE for a group without any."""
    known = np.flatnonzero(taken & (days != NONE))
    edge = np.iinfo(np.int64)
    found = np.full(groups.count, edge.min if latest else edge.max)
    (np.maximum if latest else np.minimum).at(found, groups.of[known], days[known])
    return np.where(found == edge.max, NONE, found)


def _apart(later: Seconds, earlier: Seconds) -> Floats:
    """Days from one day to another; missing where either is."""
    known = (later != NONE) & (earlier != NONE)
    return np.where(known, np.where(known, later - earlier, 0).astype(np.float64), np.nan)


def _sum(values: Floats, groups: Groups) -> Floats:
    """Sums to 15 digits; 0 for a group without any value."""
    column: pd.Series[Any] = pd.Series(values)
    sums = to_fifteen_digits(
        summarize(column, groups, "sum"), summarize(column.abs(), groups, "sum")
    )
    return np.nan_to_num(sums)


def _ratio(over: Floats, under: Floats) -> Floats:
    """One divided by the other; missing where that is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(under > 0, over / under, np.nan))
