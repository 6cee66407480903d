"""Which record of a group stands out: the highest, the lowest, the nearest to a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
from cdisc.algorithms.columns.choosing import (
    Chosen,
    Numbered,
    last_of_each,
    numbered,
    outside_issue,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.rivals import Reasons, at, of_group, rivals
from cdisc.algorithms.columns.uniques import spread_text
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.readings import read
from cdisc.errors import UsageError
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Words:
    """What a record is in comparison; `{}` stands for the number of the best one."""

    best: str
    level: str
    beaten: str
    missing: str = "no number"


_EXTREME = {
    "highest": _Words("the highest, {}", "as high, {}", "below the highest, {}"),
    "lowest": _Words("the lowest, {}", "as low, {}", "above the lowest, {}"),
}
_NEAREST = _Words(
    "the nearest, {} from its target",
    "as near, {} from its target",
    "farther from its target than the nearest one, which is {} from it",
    "no number, or no target",
)


def _extreme_method(texts: Mapping[str, str]) -> str:
    text = f"Y for the record with the {texts['take']} {texts['value']} within {texts['by']}"
    text += f", of those where {texts['among']}" if texts.get("among") else ""
    return f"{text}; of equal ones the first by {texts['order']}; null otherwise."


@algorithm(main="value", method=_extreme_method, gives="text")
def extreme_flag(
    value: Column,
    by: Columns,
    order: Columns,
    take: Literal["highest", "lowest"] = "highest",
    among: Condition | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the record with the highest (or lowest) number of its group.

    1. Of the records with a number that `among` holds for, take the highest of each group.
    2. Of several equal ones take the first by the `order` columns, one after another.

    Two records are never flagged. For events in the order of their dates, the worst or not, see
    `occurrence_flag`; for the value on all records of the group, `worst_within`; for the nearest
    to a target, `nearest_flag`.

    Missing: a record without a number is never flagged, nor is one without a value in any of the
    group columns, with a finding; missing `order` values come first. Text that is no number is a
    finding.
    Ties: records that neither the number nor the order tells apart are all left without a flag,
    with a finding.
    Source: ADaMIG 1.3, flag variables (record flags such as the worst or the peak value).
    Example: numbers 1, 3, 3 of one group flag the first 3.

    Args:
        value: the number; a text that is a number, such as a grade, counts as that.
        by: subject, parameter, and whatever else has a record of its own.
        order: what tells equal ones apart, the first one counts.
        take: which end.
        among: which records may be flagged, such as those on treatment.
        explaining: whether to tell of each record why it is flagged or not.
    """
    _needs("extreme_flag", by)
    numbers, issues = read("extreme_flag.number", value, among)
    signed = numbers if take == "highest" else -numbers
    words = _EXTREME[take] if explaining else None
    return _flagged("extreme_flag", signed, by, order, among, issues, words, numbers)


def _nearest_method(texts: Mapping[str, str]) -> str:
    text = f"Y for the record whose {texts['value']} is nearest to {texts['target']} within "
    text += texts["by"]
    text += f", of those where {texts['among']}" if texts.get("among") else ""
    return f"{text}; of equally near ones the first by {texts['order']}; null otherwise."


@algorithm(main="value", method=_nearest_method, gives="text")
def nearest_flag(
    value: Column,
    target: Column,
    by: Columns,
    order: Columns,
    among: Condition | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the record of each analysis window that is nearest to its target (ANL01FL).

    1. Of the records with a number and a target that `among` holds for, take in each group the
       one with the least distance from its target.
    2. Of equally near ones take the first by the `order` columns, one after another: with the
       date first, the earlier one.

    A value of the nearest record of another dataset is for `nearest_record`; the highest or
    lowest number, whatever its distance, for `extreme_flag`.

    Missing: a record without number or target is never flagged, nor is one without a value in any
    of the group columns, with a finding; missing `order` values come first. Text that is no number
    is a finding.
    Ties: records that neither distance nor order tells apart are all left without a flag, with
    a finding.
    Source: ADaMIG 1.3, timing variables (AVISIT, windows) and flag variables (ANLzzFL).
    Example: days 6 and 8 with target 7 flag day 6 when the order is by date.

    Args:
        value: the number, such as days since dosing.
        target: the number aimed at, such as the planned day of the window.
        by: subject, parameter and window.
        order: what tells equally near ones apart, the first one counts.
        among: which records may be flagged, such as those with a result.
        explaining: whether to tell of each record why it is flagged or not.
    """
    _needs("nearest_flag", by)
    numbers, issues = read("nearest_flag.number", value, among)
    aims, more = read("nearest_flag.target", target, among)
    away = np.abs(numbers - aims)
    words = _NEAREST if explaining else None
    return _flagged("nearest_flag", -away, by, order, among, issues + more, words, away)


def _needs(name: str, by: Columns) -> None:
    if not by:
        raise UsageError(f"{name} needs at least one column under by")


def _flagged(
    name: str,
    value: Floats,
    by: Columns,
    order: Columns,
    among: Marks | None,
    issues: tuple[Issue, ...],
    words: _Words | None,
    shown: Floats,
) -> Result:
    """The flag on the highest of each group; with `words`, why, telling the numbers `shown`."""
    there = ~np.isnan(value)
    if among is not None:
        there &= among
    groups = numbered(by)
    issues += outside_issue(name, groups.outside, there)
    backwards = [_reversed(column) for column in order]
    chosen = last_of_each(groups, np.flatnonzero(there), [value, *backwards])
    codes = np.full(len(value), -1, dtype=np.int64)
    codes[chosen.rows] = 0
    told: tuple[Considered, ...] = ()
    if words is not None:
        told = _told(words, shown, there, among, groups, chosen)
    issues += _ties(name, chosen.tied, len(value))
    return Result(spread_text(codes, ["Y"]), issues, considered=told)


def _told(
    words: _Words,
    shown: Floats,
    there: Marks,
    among: Marks | None,
    groups: Numbered,
    chosen: Chosen,
) -> tuple[Considered, ...]:
    """Of each record its rivals for the flag, and why each is flagged or not."""
    flagged, tied = (np.zeros(len(shown), dtype=np.bool_) for _ in range(2))
    flagged[chosen.rows], tied[chosen.tied] = True, True
    best = of_group(groups.of, np.concatenate([chosen.rows, chosen.tied]))
    numbers: pd.Series[Any] = pd.Series(shown)
    theirs = at(numbers, best)
    level = shown == theirs.to_numpy()
    why = Reasons(len(shown), words.missing)
    why.say(there, words.beaten, theirs)
    why.say(there & level, f"{words.level}, but not the first by the order", numbers)
    why.say(tied, f"{words.level}, as others that the order does not tell apart", numbers)
    why.say(flagged, words.best, numbers)
    if among is not None:
        why.say(~among, "not among the records that may be flagged")
    why.say(groups.outside, "no value in a column of its group")
    return rivals(groups.of, flagged, why, groups.outside)


def _reversed(column: pd.Series[Any]) -> Codes | Floats:
    """Numbers that order the column the other way round; missing, first before, is highest."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        # the lowest of all integers, a missing date, has no negative
        return -np.maximum(
            column.to_numpy(dtype="datetime64[s]").astype(np.int64), -np.iinfo(np.int64).max
        )
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(values), np.inf, -values)
    return -ranks(column)


def _ties(name: str, rows: Codes, count: int) -> tuple[Issue, ...]:
    tied = np.zeros(count, dtype=np.bool_)
    tied[rows] = True
    return issue(
        f"{name}.tie",
        "the order does not tell which record of the group to flag; none is flagged",
        tied,
        severity=Severity.ERROR,
        hint="Add to order what tells them apart",
    )
