"""Flags on the first occurrence of events, and the worst grade of an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Columns, Condition, Issue, Result
from cdisc.algorithms.issues import issue
from cdisc.algorithms.ordering import ordered
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.uniques import spread_text
from cdisc.algorithms.values import number
from cdisc.errors import UsageError
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]


def _flag_method(texts: Mapping[str, str]) -> str:
    text = f"Y on the first record of {texts['by']} by {texts['order']}"
    if texts.get("worst"):
        text += f" among those with the highest {texts['worst']}"
    if texts.get("where"):
        text += f", of records where {texts['where']}"
    return f"{text}; null otherwise."


@algorithm(main="by", method=_flag_method)
def occurrence_flag(
    by: Columns,
    order: Columns,
    where: Condition | None = None,
    worst: Column | None = None,
) -> Result:
    """The flag Y on the first record of each group, such as a subject and preferred term.

    1. Take the records for which the condition holds.
    2. With `worst`, keep those with the highest grade of their group; a record without a grade
       is below all others.
    3. Flag the first of each group by the order columns: missing first, text by code point,
       numbers and dates by size.

    Missing: a record without a value in any of the group columns is not flagged. A grade that is
    no number counts as missing, with a finding.
    Ties: of records that the order does not tell apart the first one of the dataset is flagged,
    with a finding; there are never two flags.
    Source: OCCDS 1.1, section 3.2.5 (AOCCFL, AOCCSFL, AOCCPFL, AOCCzzFL).
    Example: by [USUBJID, AEDECOD], order [ASTDT, AESEQ] flags the first of each preferred term.

    Args:
        by: the columns that make a group.
        order: the columns that tell which record is the first.
        where: which records can be flagged.
        worst: the grade, of which the highest counts.
    """
    if not by:
        raise UsageError("occurrence_flag needs at least one column under by")
    rows = np.arange(len(by[0])) if where is None else np.flatnonzero(where)
    issues: tuple[Issue, ...] = ()
    keys = [column.take(rows).reset_index(drop=True) for column in order]
    if worst is not None:
        grade, issues = _grades("occurrence_flag", worst)
        # the highest grade first, and a missing one last
        keys.insert(0, pd.Series(np.where(np.isnan(grade), np.inf, -grade)[rows]))
    found = ordered([column.take(rows).reset_index(drop=True) for column in by], keys)
    chosen = found.positions[found.starts & ~found.ungrouped[found.positions]]
    tied = np.zeros(len(by[0]), dtype=np.bool_)
    tied[rows[chosen[found.tied[chosen]]]] = True
    code = np.full(len(by[0]), -1, dtype=np.int64)
    code[rows[chosen]] = 0
    issues += issue(
        "occurrence_flag.tie",
        "the order does not tell the flagged record from another one of its group",
        tied,
        severity=Severity.WARNING,
        hint="Add a column to order that does, such as the sequence number",
    )
    return Result(spread_text(code, ("Y",)), issues)


@algorithm(
    main="of",
    method=lambda texts: (
        f"Highest {texts['of']} over the records of {texts['by']}"
        + (f" where {texts['where']}" if texts.get("where") else "")
        + "."
    ),
)
def worst_within(of: Column, by: Columns, where: Condition | None = None) -> Result:
    """The highest grade over the records of a group, on each record of the group.

    1. Take the records of the group for which the condition holds, all without one.
    2. Take the value that is the highest as a number; it is written as it stands there.

    Missing: missing grades are left out; a group without any has none. A record without a value
    in any of the group columns belongs to no group. A grade that is no number is left out, with
    a finding.
    Ties: equal grades are one value.
    Source: the groups the spec declares, such as the grades of one adverse event.
    Example: of AETOXGR, by [USUBJID, AEGRPID] gives the worst grade of each event.

    Args:
        of: the grade, a number or the text of one.
        by: the columns that make a group.
        where: which records count.
    """
    if not by:
        raise UsageError("worst_within needs at least one column under by")
    grade, issues = _grades("worst_within", of)
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
    return Result(pd.Series(values), issues)


def _grades(name: str, column: pd.Series[Any]) -> tuple[Floats, tuple[Issue, ...]]:
    grade = number(column, if_text="missing").values.to_numpy(dtype=np.float64)
    untold = np.isnan(grade) & column.notna().to_numpy(dtype=np.bool_)
    said = issue(
        f"{name}.grade",
        "{value} is no number; it counts as missing",
        untold,
        column,
        severity=Severity.WARNING,
    )
    return grade, said
