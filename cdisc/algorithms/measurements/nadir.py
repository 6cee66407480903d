"""The lowest earlier value of a parameter, baseline included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Columns, Condition, NumberColumn, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import groups_of, ranks
from cdisc.algorithms.columns.uniques import is_missing
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


@algorithm(
    main="value",
    method="Lowest {value} of the records of {by} from the one on where {baseline} to the last one "
    "before by {order}; null at and before it.",
    gives="number",
)
def nadir(value: NumberColumn, by: Columns, order: Columns, baseline: Condition) -> Result:
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
    return Result(
        values,
        issue("nadir.baselines", "there is another baseline before this one", several, value),
    )


def _running_lowest(level: Any, new: Any) -> Any:
    """The lowest value so far, beginning again where `new`."""
    if not len(level):
        return level
    # ranks are whole numbers, so that a lower floor for each next group never rounds
    rank = np.unique(level, return_inverse=True)[1].astype(np.int64)
    floor = (np.cumsum(new) - 1) * (len(level) + 1)
    held = np.minimum.accumulate(rank - floor) + floor
    return np.unique(level)[held]
