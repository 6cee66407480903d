"""Values of the record before or after, within a group and in a declared order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Columns, Considered, Explaining, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.ordering import ordered
from cdisc.algorithms.columns.rivals import Reasons, told
from cdisc.algorithms.registry import algorithm


@algorithm(main="of", method="{of} of the next record within {by}, records sorted by {order}.")
def following(of: Column, by: Columns, order: Columns, explaining: Explaining = False) -> Result:
    """The value of the next record of the group.

    1. Sort the records of each group by the order columns: missing first, text by code point,
       numbers by size.
    2. Take the value of the record that comes next.

    Missing: the last record of a group has no next one; a missing value there stays missing.
    A record without a value in any of the group columns gives a missing value.
    Ties: records that the order does not tell apart keep the order of the source, with a
    finding.
    Source: the order the spec declares.
    Example: of EPOCHSTDTC, by USUBJID, order EPOCHSTDTC gives the start of the next epoch.

    Args:
        of: the value to take.
        by: the columns that make a group.
        order: the columns to sort by.
        explaining: whether to tell of each record which one its value is of.
    """
    return _neighbour("following", of, by, order, step=1, explaining=explaining)


@algorithm(main="of", method="{of} of the previous record within {by}, records sorted by {order}.")
def preceding(of: Column, by: Columns, order: Columns, explaining: Explaining = False) -> Result:
    """The value of the previous record of the group.

    1. Sort the records of each group by the order columns: missing first, text by code point,
       numbers by size.
    2. Take the value of the record that comes before.

    Missing: the first record of a group has none before; a missing value there stays missing.
    A record without a value in any of the group columns gives a missing value.
    Ties: records that the order does not tell apart keep the order of the source, with a
    finding.
    Source: the order the spec declares.
    Example: of EXENDTC, by USUBJID, order EXSTDTC gives the end of the previous treatment.

    Args:
        of: the value to take.
        by: the columns that make a group.
        order: the columns to sort by.
        explaining: whether to tell of each record which one its value is of.
    """
    return _neighbour("preceding", of, by, order, step=-1, explaining=explaining)


def _neighbour(
    name: str, of: Column, by: Columns, order: Columns, *, step: int, explaining: bool
) -> Result:
    rows = ordered(by, order)
    count = len(of)
    group = np.cumsum(rows.starts)
    place = np.arange(count) + step
    inside = (place >= 0) & (place < count)
    inside[inside] = group[place[inside]] == group[inside]
    source = np.full(count, -1, dtype=np.int64)
    source[rows.positions[inside]] = rows.positions[place[inside]]
    source[rows.ungrouped] = -1
    taken = pd.api.extensions.take(of.array, source, allow_fill=True)
    ties = issue(
        f"{name}.tie",
        "the order does not tell this record from another one of its group",
        rows.tied & ~rows.ungrouped,
    )
    said: tuple[Considered, ...] = ()
    if explaining:
        has = np.flatnonzero(source >= 0)
        side = "next one" if step > 0 else "one before"
        why = Reasons(count, f"the {side} by the order").take(has)
        said = told(has, source[has], np.ones(len(has), dtype=np.bool_), why, gives=True)
    return Result(pd.Series(taken), ties, considered=said)
