"""The lowest earlier value of a parameter, baseline included."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Columns,
    Condition,
    Considered,
    Explaining,
    NumberColumn,
    Result,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import groups_of, ranks
from cdisc.algorithms.columns.rivals import pairs, told
from cdisc.algorithms.columns.uniques import is_missing
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@algorithm(
    main="value",
    method="Lowest {value} of the records of {by} from the one on where {baseline} to the last one "
    "before by {order}; null at and before it.",
    gives="number",
)
def nadir(
    value: NumberColumn,
    by: Columns,
    order: Columns,
    baseline: Condition,
    explaining: Explaining = False,
) -> Result:
    """The lowest value before a record, from baseline on (NADIR).

    1. Sort the records of each group by the `order` columns.
    2. Of a record after baseline take the lowest value of the records from baseline on to the one
       before it.

    Missing: a record without a value has a nadir too, and is none itself. At baseline, before it
    and in a group without baseline the nadir is missing. A record without a value in one of the
    `order` columns has none and is none.
    Ties: records of one order are not before each other. Two baselines of a group are a finding,
    the earlier counts.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.3.1: the smallest sum on study, baseline
    included.
    Example: sums 88 (baseline), 71, missing, 38 and 42 have nadirs missing, 88, 71, 71 and 38.

    Args:
        value: the value.
        by: subject and parameter.
        order: what sorts the records in time.
        baseline: which record is baseline.
        explaining: whether to tell of each record of the group whether it has the lowest value.
    """
    if not pd.api.types.is_numeric_dtype(value.dtype):
        raise UsageError("nadir is the lowest of numbers, not of text", hint="Make one: number")
    groups = groups_of(by)
    keys = [ranks(column) for column in order]
    placed = ~np.any([is_missing(column) for column in order], axis=0)
    rows = np.flatnonzero(placed)
    rows = rows[np.lexsort([key[rows] for key in [*keys[::-1], groups.of]])]
    of = groups.of[rows]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = of[1:] != of[:-1]
    moment = new.copy()
    for key in keys:
        moment[1:] |= key[rows][1:] != key[rows][:-1]
    flagged = baseline[rows]
    place = np.arange(len(rows))
    begun = np.full(groups.count, len(rows), dtype=np.int64)
    np.minimum.at(begun, of[flagged], place[flagged])
    level = value.to_numpy(dtype=np.float64, na_value=np.nan)[rows]
    level = np.where(np.isnan(level) | (place < begun[of]), np.inf, level)
    lowest = _running_lowest(level, new)
    # what lies before the first record of the same moment
    first = np.maximum.accumulate(np.where(moment, place, 0)) if len(rows) else place
    earlier = np.where(new[first] if len(rows) else new, np.inf, np.r_[np.inf, lowest][first])
    found = np.full(len(value), np.nan)
    found[rows] = np.where(np.isfinite(earlier) & (place > begun[of]), earlier, np.nan)
    several = np.zeros(len(value), dtype=np.bool_)
    several[rows[flagged & (place > begun[of])]] = True
    values: pd.Series[Any] = pd.Series(found)
    said: tuple[Considered, ...] = ()
    if explaining:
        walk = np.full((2, len(value)), -1, dtype=np.int64)
        walk[:, rows] = place, np.cumsum(moment)
        begins = begun[groups.of]
        numbers = value.to_numpy(dtype=np.float64, na_value=np.nan)
        said = _told(groups.of, walk, begins, numbers, found)
    issues = issue("nadir.baselines", "there is another baseline before this one", several, value)
    return Result(values, issues, considered=said)


_LOWEST, _ALSO, _HIGHER, _MISSING, _BEFORE, _LATER, _UNPLACED, _EARLY, _NO_VALUES = range(9)
_WHY = (
    "the lowest so far",
    "as low as the lowest so far, but later",
    "higher than the lowest so far",
    "no value",
    "before baseline, from which on values count",
    "not before this record",
    "no place in time",
    "at baseline or before it, or there is none",
    "no value from baseline on to the record before it",
)


def _told(
    groups: Codes, walk: Codes, begins: Codes, value: Floats, found: Floats
) -> tuple[Considered, ...]:
    """Of each record that has a nadir the records of its group, and why it is of that one or not.

    `walk` holds the places of the records in time and the numbers of their moments, both -1
    without one; `begins` is the place of the baseline of each record's group; `found` the nadir.
    """
    place, moment = walk
    row, rival = pairs(groups, np.zeros(len(groups), dtype=np.bool_))
    asked = np.isnan(found[row]) == (row == rival)  # without a nadir a record tells of itself
    row, rival = row[asked], rival[asked]
    why = np.where(value[rival] == found[row], _LOWEST, _HIGHER)
    why[np.isnan(value[rival])] = _MISSING
    why[place[rival] < begins[row]] = _BEFORE
    why[moment[rival] >= moment[row]] = _LATER
    why[row == rival] = _NO_VALUES
    why[(row == rival) & (place[row] <= begins[row])] = _EARLY
    why[place[rival] < 0] = _UNPLACED
    # of several as low the first one of each record
    low = np.flatnonzero(why == _LOWEST)
    low = low[np.lexsort((place[rival[low]], row[low]))]
    why[low[1:][row[low[1:]] == row[low[:-1]]]] = _ALSO
    words: pd.Series[Any] = pd.Series(pd.array([_WHY[code] for code in why], dtype="str"))
    return told(row, rival, why == _LOWEST, words, gives=True)


def _running_lowest(level: Any, new: Any) -> Any:
    """The lowest value so far, beginning again where `new`."""
    if not len(level):
        return level
    # ranks are whole numbers, so that a lower floor for each next group never rounds
    rank = np.unique(level, return_inverse=True)[1].astype(np.int64)
    floor = (np.cumsum(new) - 1) * (len(level) + 1)
    held = np.minimum.accumulate(rank - floor) + floor
    return np.unique(level)[held]
