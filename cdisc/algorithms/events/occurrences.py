"""Flags on the first occurrence of events, and the worst grade of an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Columns,
    Condition,
    Considered,
    Explaining,
    Issue,
    Result,
)
from cdisc.algorithms.columns.choosing import outside_issue
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.ordering import ordered
from cdisc.algorithms.columns.records import group_codes, ranks
from cdisc.algorithms.columns.rivals import Reasons, at, of_group, rivals
from cdisc.algorithms.columns.uniques import is_missing, spread_text
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.readings import numbers_of, read
from cdisc.errors import UsageError

Codes = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def _flag_method(texts: Mapping[str, str]) -> str:
    text = f"Y on the first record of {texts['by']} by {texts['order']}"
    if texts.get("worst"):
        text += f" among those with the highest {texts['worst']}"
    if texts.get("where"):
        text += f", of records where {texts['where']}"
    return f"{text}; null otherwise."


@algorithm(main="by", method=_flag_method, gives="text")
def occurrence_flag(
    by: Columns,
    order: Columns,
    where: Condition | None = None,
    worst: Column | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the first record of each group, such as a subject and preferred term.

    1. Take the records for which the condition holds.
    2. With `worst`, keep those with the highest grade of their group; a record without a grade
       is below all others.
    3. Flag the first of each group by the order columns: missing first, text by code point,
       numbers and dates by size.

    A number that stands out, such as a peak, is for `extreme_flag`, where a record without one is
    never flagged; the worst grade on all records of the group for `worst_within`.

    Missing: a record without a value in any of the group columns is not flagged, with a finding. A
    grade that is no number counts as missing, with a finding.
    Ties: records that the order does not tell apart are all left without a flag, with a finding;
    there are never two flags.
    Source: OCCDS 1.1, section 3.2.5 (AOCCFL, AOCCSFL, AOCCPFL, AOCCzzFL).
    Example: by [USUBJID, AEDECOD], order [ASTDT, AESEQ] flags the first of each preferred term.

    Args:
        by: the columns that make a group.
        order: the columns that tell which record is the first.
        where: which records can be flagged.
        worst: the grade, of which the highest counts.
        explaining: whether to tell of each record why it is flagged or not.
    """
    if not by:
        raise UsageError("occurrence_flag needs at least one column under by")
    count = len(by[0])
    rows = np.arange(count) if where is None else np.flatnonzero(where)
    issues: tuple[Issue, ...] = ()
    keys = [column.take(rows).reset_index(drop=True) for column in order]
    if worst is not None:
        grade, issues = read("occurrence_flag.grade", worst, where)
        # the highest grade first, and a missing one last
        keys.insert(0, pd.Series(np.where(np.isnan(grade), np.inf, -grade)[rows]))
    found = ordered([column.take(rows).reset_index(drop=True) for column in by], keys)
    # the first of each group, and with it all that the order does not tell from it
    leads = np.flatnonzero(found.starts)
    run = np.cumsum(~found.repeats) - 1
    first = np.zeros(int(run.max(initial=-1)) + 1, dtype=np.bool_)
    first[run[leads]] = True
    several = np.bincount(run, minlength=len(first)) > 1
    grouped = ~found.ungrouped[found.positions]
    tied = np.zeros(count, dtype=np.bool_)
    tied[rows[found.positions[(first & several)[run] & grouped]]] = True
    code = np.full(count, -1, dtype=np.int64)
    code[rows[found.positions[(first & ~several)[run] & grouped]]] = 0
    outside = np.zeros(count, dtype=np.bool_)
    outside[rows[found.ungrouped]] = True
    issues += outside_issue("occurrence_flag", outside) + issue(
        "occurrence_flag.tie",
        "the order does not tell which record of the group is the first; none is flagged",
        tied,
        hint="Add a column to order that does, such as the sequence number",
    )
    told: tuple[Considered, ...] = ()
    if explaining:
        told = _told(by, order, where, worst, (code == 0, tied))
    return Result(spread_text(code, ("Y",)), issues, considered=told)


def _told(
    by: Columns,
    order: Columns,
    where: Marks | None,
    worst: pd.Series[Any] | None,
    found: tuple[Marks, Marks],
) -> tuple[Considered, ...]:
    """Of each record its rivals for the flag, and why each is flagged or not.

    `found` are the records flagged, and those that the order does not tell apart.
    """
    flagged, tied = found
    groups = group_codes(by)
    first = of_group(groups, np.flatnonzero(flagged | tied))
    why = Reasons(len(groups), "comes after the first one")
    if order:
        key = np.append(ranks(order[0]), -1)
        lead = at(order[0], first)
        why.say(key[:-1] != key[first], "comes after the first one, of {}", lead)
        same = "of the same {} as the first one, but comes after it"
        why.say(key[:-1] == key[first], same, lead)
    if worst is not None:
        grade = numbers_of(worst)[0]
        highest = np.append(grade, np.nan)[first]
        why.say(grade < highest, "below the highest grade, {}", at(worst, first))
        why.say(np.isnan(grade) & ~np.isnan(highest), "no grade")
    why.say(tied, "as first as another, which the order does not tell apart; none is flagged")
    why.say(flagged, "the first one")
    if worst is not None:
        why.say(flagged, "the first one of the highest grade")
        why.say(flagged & np.isnan(grade), "the first one; none has a grade")
    if where is not None:
        why.say(~where, "not among the records that can be flagged")
    outside = np.any([is_missing(column) for column in by], axis=0)
    why.say(outside, "no value in a column of its group")
    return rivals(groups, flagged, why, outside)


@algorithm(
    main="of",
    method=lambda texts: (
        f"Highest {texts['of']} over the records of {texts['by']}"
        + (f" where {texts['where']}" if texts.get("where") else "")
        + "."
    ),
)
def worst_within(
    of: Column, by: Columns, where: Condition | None = None, explaining: Explaining = False
) -> Result:
    """The highest grade over the records of a group, on each record of the group.

    1. Take the records of the group for which the condition holds, all without one.
    2. Take the value that is the highest as a number; it is written as it stands there.

    The flag on one of these records is for `occurrence_flag` with `worst`; a number over records
    of another dataset for `summary_over`.

    Missing: missing grades are left out; a group without any has none. A record without a value
    in any of the group columns belongs to no group, with a finding. A grade that is no number is
    left out, with a finding.
    Ties: equal grades are one value.
    Source: the groups the spec declares, such as the grades of one adverse event.
    Example: of AETOXGR, by [USUBJID, AEGRPID] gives the worst grade of each event.

    Args:
        of: the grade, a number or the text of one.
        by: the columns that make a group.
        where: which records count.
        explaining: whether to tell of each record whether its grade is the worst.
    """
    if not by:
        raise UsageError("worst_within needs at least one column under by")
    grade, issues = read("worst_within.grade", of, where)
    if where is not None:
        grade = np.where(where, grade, np.nan)
    worst: pd.Series[Any] = pd.Series(np.where(np.isnan(grade), -np.inf, grade))
    found = ordered(by, [worst])
    group = np.cumsum(found.starts) - 1
    ends = np.flatnonzero(np.append(found.starts[1:], True)[: len(group)])
    best = found.positions[ends]
    best = np.where(np.isnan(grade[best]), -1, best)
    source = np.empty(len(of), dtype=np.int64)
    source[found.positions] = best[group]
    source[found.ungrouped] = -1
    values = pd.api.extensions.take(of.array, source, allow_fill=True)
    told: tuple[Considered, ...] = ()
    if explaining:
        told = _told_of_worst(of, by, where, (source, grade, found.ungrouped))
    issues += outside_issue("worst_within", found.ungrouped)
    return Result(pd.Series(values), issues, considered=told)


def _told_of_worst(
    of: pd.Series[Any],
    by: Columns,
    where: Marks | None,
    found: tuple[Codes, npt.NDArray[np.float64], Marks],
) -> tuple[Considered, ...]:
    """Of each record the records of its group, and whether the worst grade is theirs."""
    source, grade, outside = found
    taken = source == np.arange(len(of))
    why = Reasons(len(of), "no grade")
    worst = np.append(grade, np.nan)[source]
    why.say(grade < worst, "below the worst grade, {}", at(of, source))
    why.say(grade == worst, "the worst grade too")
    why.say(taken, "the worst grade")
    if where is not None:
        why.say(~where, "not among the records that count")
    why.say(outside, "no value in a column of its group")
    return rivals(group_codes(by), taken, why, outside, gives=True)
