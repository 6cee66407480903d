"""Record operations: which rows of a table to keep, repeat or put together.

They speak in 0-based row positions, so that the engine can move every column, the raw origin
and the lineage of a record in the same way. None of them depends on the order of its input
unless a declared order ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct, is_missing, pair

Positions = npt.NDArray[np.int64]
Columns = Sequence["pd.Series[Any]"]


def group_codes(columns: Columns) -> Positions:
    """One code per distinct combination; rows share it when all columns are equal.

    Missing is a value like any other here: two missing cells are equal.
    """
    parts = [_codes(column) for column in columns]
    return parts[0] + 1 if len(parts) == 1 else pair(parts)[0]


def ranks(column: pd.Series[Any]) -> Positions:
    """The rank of each value, equal for equal values; missing first, text by code point."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        filled = np.where(np.isnan(values), -np.inf, values)
        return np.unique(filled, return_inverse=True)[1].astype(np.int64)
    texts = distinct(column)
    order = np.asarray(pc.sort_indices(texts.array), dtype=np.int64)
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    rank[-1] = 0
    return rank[texts.codes]


def sorted_positions(columns: Columns) -> Positions:
    """Row positions in the order of the columns, earlier columns first; stable."""
    return in_order(packed([ranks(column) for column in columns]))


def packed(parts: Sequence[Positions]) -> list[Positions]:
    """Codes packed into as few numbers as hold them, the order of tuples kept."""
    keys: list[Positions] = []
    room = 0
    for part in parts:
        low = int(part.min(initial=0))
        size = int(part.max(initial=0)) - low + 1
        if keys and size < room:
            keys[-1] = keys[-1] * size + (part - low)
            room //= size
        else:
            keys.append(part - low)
            room = int(np.iinfo(np.int64).max) // size
    return keys


def in_order(keys: Sequence[Positions]) -> Positions:
    """Row positions in the order of packed codes, earlier ones first; stable."""
    if len(keys) > 1:
        return np.lexsort(keys[::-1]).astype(np.int64)
    if np.all(keys[0][1:] >= keys[0][:-1]):  # most datasets arrive sorted
        return np.arange(len(keys[0]), dtype=np.int64)
    return np.argsort(keys[0], kind="stable").astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Rows kept, rows left out, and those kept although another row ties with them."""

    kept: Positions
    dropped: Positions
    tied: Positions


def take_record(by: Columns, order: Columns, *, last: bool) -> Taken:
    """The first or last record of each group in a declared order.

    1. Group by all `by` columns; sort each group by the `order` columns, missing first.
    2. Keep the first (or last) row. When the next one has the same order values, the row kept
       is the one that stands first (or last) in the input, and it is reported as tied.
    """
    groups = group_codes(by)
    keys = [ranks(column) for column in order]
    positions = np.lexsort([*keys[::-1], groups])
    grouped = groups[positions]
    starts = np.ones(len(positions), dtype=np.bool_)
    starts[1:] = grouped[1:] != grouped[:-1]
    chosen = np.append(starts[1:], True) if last and len(starts) else starts
    neighbour = -1 if last else 1
    same = np.zeros(len(positions), dtype=np.bool_)
    index = np.flatnonzero(chosen)
    other = index + neighbour
    inside = (other >= 0) & (other < len(positions))
    index_in, other_in = index[inside], other[inside]
    equal = grouped[index_in] == grouped[other_in]
    for key in keys:
        equal &= key[positions[index_in]] == key[positions[other_in]]
    same[index_in] = equal
    kept = np.sort(positions[chosen])
    return Taken(kept, np.sort(positions[~chosen]), np.sort(positions[chosen & same]))


def keep_ties(found: Taken, by: Columns, order: Columns) -> Taken:
    """The same choice, but with every row kept that ties with one that was chosen.

    `tied` are then all rows of a tie.
    """
    alike = group_codes([*by, *order])
    tied = np.isin(alike, alike[found.tied])
    kept = np.union1d(found.kept, np.flatnonzero(tied))
    return Taken(kept, np.setdiff1d(found.dropped, kept), np.flatnonzero(tied))


def exact_duplicates(columns: Columns) -> Taken:
    """Rows equal to an earlier row in every column are dropped; the first of them is kept."""
    groups = group_codes(columns)
    firsts = np.zeros(len(groups), dtype=np.bool_)
    firsts[np.unique(groups, return_index=True)[1]] = True
    none = np.empty(0, dtype=np.int64)
    return Taken(np.flatnonzero(firsts), np.flatnonzero(~firsts), none)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of rows: `of` the group of each row; `first` the first row of each group.

    Groups are numbered in the order of their first rows.
    """

    of: Positions
    first: Positions

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.first)


def groups_of(by: Columns) -> Groups:
    """Rows grouped by all columns."""
    codes, uniques = pd.factorize(group_codes(by))
    of = codes.astype(np.int64)
    first = np.full(len(uniques), len(of), dtype=np.int64)
    np.minimum.at(first, of, np.arange(len(of), dtype=np.int64))
    return Groups(of, first)


def summarize(values: pd.Series[Any], groups: Groups, function: str) -> pd.Series[Any]:
    """One value a group: sum, count, min, max, earliest, latest, first, last or same.

    Missing values are left out; a group without any has a missing result (count: 0). `first`,
    `last` go by row order; `earliest`, `latest` compare ISO 8601 texts; `same` is the first
    value (rows that differ are reported by `unlike`). `sum` needs numbers and does not depend
    on the order of the rows.
    """
    rows = np.flatnonzero(~is_missing(values))
    if function == "count":
        counts = np.bincount(groups.of[rows], minlength=groups.count)
        return pd.Series(counts.astype(np.float64))
    if function == "sum":
        return pd.Series(_sums(values.to_numpy(dtype=np.float64)[rows], groups.of[rows], groups))
    if function in ("min", "max", "earliest", "latest"):
        rows = rows[np.argsort(ranks(values)[rows], kind="stable")]
    chosen = _one_each(rows, groups, last=function in ("last", "max", "latest"))
    return pd.Series(pd.api.extensions.take(values.array, chosen, allow_fill=True))


def unlike(values: pd.Series[Any], groups: Groups) -> Positions:
    """Rows whose value differs from the first non-missing value of their group."""
    rows = np.flatnonzero(~is_missing(values))
    first = _one_each(rows, groups, last=False)
    rank = ranks(values)
    differs = rank[rows] != rank[first[groups.of[rows]]]
    return np.asarray(rows[differs], dtype=np.int64)


def _one_each(rows: Positions, groups: Groups, *, last: bool) -> Positions:
    """The first or last of `rows` in each group, -1 for a group that has none."""
    chosen = np.full(groups.count, -1, dtype=np.int64)
    # of several values written to one place the last stays
    walk = rows if last else rows[::-1]
    chosen[groups.of[walk]] = walk
    return chosen


def _sums(
    values: npt.NDArray[np.float64], of: Positions, groups: Groups
) -> npt.NDArray[np.float64]:
    sums = np.full(groups.count, np.nan)
    if len(values):
        # floating-point addition depends on the order, which must not be that of the file
        order = np.lexsort((values, of))
        starts = np.flatnonzero(np.diff(of[order], prepend=-1))
        sums[of[order][starts]] = np.add.reduceat(values[order], starts)
    return sums


def _codes(column: pd.Series[Any]) -> Positions:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return pd.factorize(column.to_numpy(dtype=np.float64, na_value=np.nan))[0].astype(np.int64)
    return distinct(column).codes
