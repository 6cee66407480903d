"""Baseline of an analysis: which record it is, its value on all others, and what comes after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Columns,
    Condition,
    Considered,
    DateColumn,
    Explaining,
    Result,
    default,
)
from cdisc.algorithms.columns.choosing import Numbered, last_of_each, numbered, outside_issue
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.rivals import Reasons, at, of_group, rivals, told
from cdisc.algorithms.columns.uniques import Codes, distinct, is_missing, spread_text
from cdisc.algorithms.dates.days import NONE, days_of, moments_of
from cdisc.algorithms.measurements.baseline_reasons import say_why_not_the_last
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

Marks = npt.NDArray[np.bool_]
Seconds = npt.NDArray[np.int64]

_SAME_DAY = {
    "earlier": "or on its day with an earlier time",
    "predose": "",
    "included": "or on its day and not known to be later",
}
_NOT_ON_THE_DAY = {
    "earlier": "on {} itself, which baseline lies before, and not known to be earlier that day",
    "predose": "on {} itself, which baseline lies before, and not known to be pre-dose",
    "included": "on {} itself, which baseline lies before, and later that day",
}


def _flag_method(texts: Mapping[str, str]) -> str:
    text = (
        f"Y for the last record within {texts['by']} with a value in {texts['value']} and "
        f"{texts['date']} before {texts['reference']}"
    )
    same_day = _SAME_DAY.get(texts.get("same_day", ""), "")
    text += f", {same_day}" if same_day else ""
    if texts.get("timepoint") and texts.get("predose"):
        text += f", or on its day when {texts['timepoint']} is {texts['predose']}"
    if texts.get("among"):
        text += f", of those where {texts['among']}"
    if texts.get("order"):
        text += f"; records of one date in the order of {texts['order']}"
    return f"{text}; null otherwise."


@algorithm(main="value", method=_flag_method, gives="text")
def baseline_flag(
    value: Column,
    by: Columns,
    date: DateColumn,
    reference: DateColumn = default("TRTSDT"),
    datetime: DateColumn | None = None,
    reference_datetime: DateColumn | None = None,
    same_day: Literal["earlier", "predose", "included"] = "earlier",
    timepoint: Column | None = None,
    predose: tuple[str, ...] = (),
    order: Columns | None = None,
    among: Condition | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the baseline record of each group (ABLFL).

    1. Leave out records without a value, and those that `among` does not hold for.
    2. A record qualifies when its date lies before the reference date.
    3. On the day itself it qualifies when its time point is declared pre-dose and its time is not
       later; `same_day: earlier` (the default) also takes it when its time is known to be
       earlier, `included` takes every record of the day that is not known to be later.
    4. Of those, flag the last one: the latest date, then the highest of the `order` columns one
       after another, missing first.

    Missing: without a date or a reference date nothing is flagged. A record without a value in
    any of the group columns belongs to no group; one that could be baseline is a finding.
    Ties: records that date and `order` do not tell apart are all left without a flag, with a
    finding; there are never two baselines.
    Source: ADaMIG 1.3, flag variables (ABLFL).
    Example: results on 2024-01-03 and 2024-01-09 with treatment from 2024-01-10 flag the second.

    Args:
        value: the value; records without one are no baseline.
        by: subject, parameter, and baseline type where there are several.
        date: the date of the record.
        reference: the date that baseline lies before, such as start of treatment.
        datetime: the date and time of the record, where the time is known.
        reference_datetime: the date and time of the reference.
        same_day: which records of the day of the reference qualify.
        timepoint: the planned time point.
        predose: the time points that lie before the dose.
        order: what tells records of one date apart, the last one counts.
        among: which records may be baseline.
        explaining: whether to tell of each record why it is baseline or not.
    """
    if predose and timepoint is None:
        raise UsageError("baseline_flag: predose needs timepoint", hint="Name the column")
    if not by:
        raise UsageError("baseline_flag needs at least one column under by")
    day, limit = days_of(date), days_of(reference)
    there = (day != NONE) & (limit != NONE)
    qualifies = there & (day < limit)
    level = np.flatnonzero(there & (day == limit))
    qualifies[level] = _on_the_day(
        level, same_day, (datetime, reference_datetime), timepoint, predose
    )
    if among is not None:
        qualifies &= among
    rows = np.flatnonzero(qualifies)
    rows = rows[~is_missing(value)[rows]]
    groups = numbered(by)
    chosen = last_of_each(groups, rows, [day, *(order or ())])
    tied = np.zeros(len(day), dtype=np.bool_)
    tied[chosen.tied] = True
    codes = np.full(len(day), -1, dtype=np.int64)
    codes[chosen.rows] = 0
    could = np.zeros(len(day), dtype=np.bool_)
    could[rows] = True
    issues = outside_issue("baseline_flag", groups.outside, could) + issue(
        "baseline_flag.tie",
        "several records of {value} are the last before the reference; none is baseline",
        tied,
        date,
        hint="Declare what tells them apart under order, or a further column under by",
    )
    said: tuple[Considered, ...] = ()
    if explaining:
        why = Reasons(len(day))
        why.say(there & (day > limit), "after {}, which baseline lies before", reference)
        why.say(there & (day == limit), _NOT_ON_THE_DAY[same_day], reference)
        if among is not None:
            why.say(~among, "not among the records that may be baseline")
        why.say(limit == NONE, "there is no date that baseline lies before")
        why.say(day == NONE, "no complete date")
        why.say(is_missing(value), "no value")
        flagged = codes == 0
        latest = np.full(groups.count, NONE, dtype=np.int64)
        np.maximum.at(latest, groups.of[rows], day[rows])
        level = day == latest[groups.of]
        say_why_not_the_last(why, groups.of, date, (could, level), (flagged, tied))
        why.say(flagged, "the last one that counts as before {}", reference)
        why.say(groups.outside, "no value in a column of its group")
        said = rivals(groups.of, flagged, why, groups.outside)
    return Result(spread_text(codes, ["Y"]), issues, considered=said)


def _on_the_day(
    rows: Codes,
    same_day: str,
    times: tuple[pd.Series[Any] | None, pd.Series[Any] | None],
    timepoint: pd.Series[Any] | None,
    predose: tuple[str, ...],
) -> Marks:
    """Which of the records on the day of their reference qualify."""
    moment, start = (_moments(time, rows) for time in times)
    known = (moment != NONE) & (start != NONE)
    later: Marks = known & (moment > start)
    if same_day == "included":
        return ~later
    before = np.zeros(len(rows), dtype=np.bool_)
    if timepoint is not None and predose:
        points = distinct(timepoint)
        before = points.flags([text in predose for text in points.texts])[rows] & ~later
    if same_day == "earlier":
        before |= known & (moment < start)
    return before


@algorithm(main="of", method="{of} of the record within {by} where {baseline}; null without one.")
def baseline_value(
    of: Column, by: Columns, baseline: Condition, explaining: Explaining = False
) -> Result:
    """A value of the baseline record, on every record of its group (BASE, BASEC, BNRIND, BTOXGR).

    1. Find the record of the group that `baseline` holds for.
    2. Take its value, a number or a text, on all records of the group, those before it too.

    Missing: a group without a baseline record, or whose baseline record has no value, has none,
    nor has a record without a value in any of the group columns; if `baseline` holds for it, that
    is a finding.
    Ties: of several baseline records in one group none counts, with a finding.
    Source: ADaMIG 1.3, analysis parameter variables (BASE, BASEC), toxicity and range variables
    (BNRIND, BTOXGR).
    Example: `{of: AVAL, by: [USUBJID, PARAMCD], baseline: ABLFL == "Y"}` gives BASE.

    Args:
        of: the value to take.
        by: subject, parameter, and baseline type where there are several.
        baseline: which record is baseline.
        explaining: whether to tell of each record whose value it has.
    """
    groups = numbered(by)
    place, tied = _baseline_rows(groups, baseline)
    outside = outside_issue("baseline_value", groups.outside, baseline)
    source = place[groups.of]
    if pd.api.types.is_float_dtype(of.dtype):
        numbers = np.append(of.to_numpy(dtype=np.float64), np.nan)
        values = pd.Series(numbers[source], copy=False)
    elif isinstance(of.dtype, pd.StringDtype):
        words = distinct(of)
        values = spread_text(np.append(words.codes, -1)[source], words.array)
    else:
        values = pd.Series(pd.api.extensions.take(of.array, source, allow_fill=True))
    issues = issue(
        "baseline_value.tie",
        "the group has several baseline records, here with {value}; none counts",
        tied,
        of,
    )
    said: tuple[Considered, ...] = ()
    if explaining:
        rows = np.flatnonzero(source >= 0)
        why = Reasons(len(of), "the baseline record")
        marks = np.ones(len(rows), dtype=np.bool_)
        said = told(rows, source[rows], marks, why.take(source[rows]), gives=True)
        if tied.any():
            several = Reasons(len(of), "one of several baseline records, of which none counts")
            rows = np.flatnonzero(tied)
            said += told(rows, rows, np.zeros(len(rows), dtype=np.bool_), several.take(rows))
    return Result(values, outside + issues, considered=said)


def _after_method(texts: Mapping[str, str]) -> str:
    finer = [texts[name] for name in ("datetime", "order") if texts.get(name)]
    text = f"Y for records within {texts['by']} after the one where {texts['baseline']}: "
    text += f"{texts['date']} is later"
    return text + (f", or the same and {', '.join(finer)} is." if finer else ".")


@algorithm(main="date", method=_after_method)
def after_baseline(
    date: DateColumn,
    by: Columns,
    baseline: Condition,
    datetime: DateColumn | None = None,
    order: Columns | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on records that come after the baseline record of their group.

    1. A record is after baseline when its date is later than the baseline's.
    2. On the same day it is when its time is later; where either time is unknown, or they are
       equal, when it is later by the `order` columns, one after another, missing first.

    Missing: without a date, or without a baseline record in the group, no flag. Of several
    baseline records in one group none counts (`baseline_value` has the finding).
    Source: ADaMIG 1.3, analysis parameter variables (change from baseline is for records after it).
    Example: with a baseline on 2024-01-09, a record on 2024-01-10 is flagged.

    Args:
        date: the date of the record.
        by: subject, parameter, and baseline type where there are several.
        baseline: which record is baseline.
        datetime: the date and time of the record, where the time is known.
        order: what tells records of one date apart.
        explaining: whether to tell of each record why it comes after baseline or not.
    """
    groups = numbered(by)
    place, tied = _baseline_rows(groups, baseline)
    source = place[groups.of]
    day = days_of(date)
    base_day = np.append(day, NONE)[source]
    there = (source >= 0) & (day != NONE) & (base_day != NONE)
    after = there & (day > base_day)
    level = np.flatnonzero(there & (day == base_day))
    if len(level):
        after[level] = _later(level, source[level], datetime, order or ())
    said: tuple[Considered, ...] = ()
    if explaining:
        why = Reasons(len(day), "the group has no baseline")
        several = of_group(groups.of, np.flatnonzero(tied)) >= 0
        why.say(several, "the group has several baseline records, of which none counts")
        why.say(source >= 0, "not after the baseline, of {}", at(date, source))
        why.say(after, "after the baseline, of {}", at(date, source))
        rows = np.arange(len(day))
        why.say(source == rows, "the baseline itself")
        why.say(day == NONE, "no complete date")
        why.say(groups.outside, "no value in a column of its group")
        said = told(rows, rows, after, why.take(rows))
    flags = spread_text(np.where(after, 0, -1).astype(np.int64), ["Y"])
    return Result(flags, considered=said)


def _later(rows: Codes, others: Codes, datetime: pd.Series[Any] | None, order: Columns) -> Marks:
    """Which rows come after another row of the same day each."""
    mine, theirs = _moments(datetime, rows), _moments(datetime, others)
    known = (mine != NONE) & (theirs != NONE)
    later: Marks = known & (mine > theirs)
    open_ = ~known | (mine == theirs)
    for column in order:
        both = column.take(np.concatenate([rows, others])).reset_index(drop=True)
        rank = _ranks(both)
        ours, base = rank[: len(rows)], rank[len(rows) :]
        later |= open_ & (ours > base)
        open_ &= ours == base
    return later


def _ranks(column: pd.Series[Any]) -> npt.NDArray[Any]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy(dtype="datetime64[s]").astype(np.int64)
    return ranks(column)


def _baseline_rows(groups: Numbered, baseline: Marks) -> tuple[Codes, Marks]:
    """The baseline row of each group, -1 for none or several; and which rows are several."""
    rows = np.flatnonzero(baseline & ~groups.outside)
    group = groups.of[rows]
    place = np.full(groups.count, -1, dtype=np.int64)
    place[group] = rows
    tied = np.zeros(len(baseline), dtype=np.bool_)
    lost = place[group] != rows
    if lost.any():
        several = np.isin(group, group[lost])
        tied[rows[several]] = True
        place[group[several]] = -1
    return place, tied


def _moments(time: pd.Series[Any] | None, rows: Codes) -> Seconds:
    """The moment of some rows in seconds, where the time is known."""
    if time is None:
        return np.full(len(rows), NONE, dtype=np.int64)
    return moments_of(time.take(rows).reset_index(drop=True))
