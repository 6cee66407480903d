"""Records of a group in a declared order: sorted positions, where groups start, which tie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.records import in_order, packed, ranks
from cdisc.algorithms.columns.uniques import Codes, distinct, pair

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Rows sorted by group and within it by the order columns, stable.

    `positions` are row numbers in sorted order; `starts` marks, in sorted order, the first row
    of each group and `repeats` those that no order column tells from the row before;
    `ungrouped` marks, by row, those whose group is missing.
    """

    positions: Codes
    starts: Marks
    repeats: Marks
    ungrouped: Marks

    @property
    def tied(self) -> Marks:
        """By row, those that no order column tells from another row of the group."""
        tied = np.empty(len(self.positions), dtype=np.bool_)
        tied[self.positions] = self.repeats | np.append(self.repeats[1:], False)[: len(tied)]
        return tied

    @property
    def last(self) -> Marks:
        """By row, the last of its group and any that tie with it."""
        count = len(self.positions)
        run = np.cumsum(~self.repeats)
        group = np.cumsum(self.starts) - 1
        ends = run[np.append(self.starts[1:], True)[:count]]
        last = np.empty(count, dtype=np.bool_)
        last[self.positions] = run == ends[group]
        return last

    def numbers(self) -> npt.NDArray[np.float64]:
        """1, 2, 3 within each group, by row."""
        count = len(self.positions)
        place = np.arange(count, dtype=np.int64)
        first = np.maximum.accumulate(np.where(self.starts, place, 0))
        numbers = np.empty(count)
        numbers[self.positions] = place - first + 1
        return numbers


def ordered(by: Sequence[pd.Series[Any]], order: Sequence[pd.Series[Any]]) -> Ordered:
    """Sort rows by group and order columns: missing first, text by code point, numbers by size."""
    parts = [distinct(column).codes for column in by]
    groups = parts[0] if len(parts) == 1 else pair(parts)[0]
    ungrouped = np.any([part < 0 for part in parts], axis=0)
    key = packed([groups, *(ranks(column) for column in order)])
    positions = in_order(key)
    count = len(positions)
    sorted_key = [part[positions] for part in key]
    sorted_group = groups[positions]
    starts = np.ones(count, dtype=np.bool_)
    starts[1:] = sorted_group[1:] != sorted_group[:-1]
    repeats = np.zeros(count, dtype=np.bool_)
    repeats[1:] = np.all([part[1:] == part[:-1] for part in sorted_key], axis=0)
    return Ordered(positions, starts, repeats, np.asarray(ungrouped, dtype=np.bool_))
