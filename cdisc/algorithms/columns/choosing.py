"""The last record of each group by several keys, without sorting all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.coded import together
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import arrow_text, distinct, pair
from cdisc.model import Severity

Positions = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Columns = Sequence["pd.Series[Any]"]


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Groups as numbers: `of` the group of each row, all below `count`; some may have no row.

    `outside` marks rows without a value in one of the columns, which belong to no group: they
    have a number that no row of a group has, and nothing is chosen of them.
    """

    of: Positions
    count: int
    outside: Marks


def numbered(by: Columns) -> Numbered:
    """A number for each combination of the columns; a row with a missing one is in no group.

    Numbers are as a code of each column gives them when there are not many more than rows, so
    that most columns need no look at their combinations. Those of text columns are remembered for
    the next step that groups by them.
    """
    if all(isinstance(column.dtype, pd.StringDtype) for column in by):
        return together("groups", [arrow_text(column) for column in by], lambda: _numbered(by))
    return _numbered(by)


def _numbered(by: Columns) -> Numbered:
    parts = [distinct(column) for column in by]
    sizes = [len(part.array) + 1 for part in parts]
    outside = np.zeros(len(by[0]), dtype=np.bool_)
    for part in parts:
        outside |= part.codes < 0
    outside.flags.writeable = False
    room = 1
    for size in sizes:
        room *= size
    if room <= max(4 * len(by[0]), 1 << 16):
        of = parts[0].codes + 1
        for part, size in zip(parts[1:], sizes[1:], strict=True):
            of = of * size
            of += part.codes
            of += 1
        of.flags.writeable = False
        return Numbered(of, room, outside)
    codes, found = pair([part.codes for part in parts])
    return Numbered(codes, len(found[0]), outside)


def outside_issue(name: str, outside: Marks, among: Marks | None = None) -> tuple[Issue, ...]:
    """What is said of records, of those that could be chosen, that belong to no group."""
    return issue(
        f"{name}.no_group",
        "the record has no value in a column of its group; it belongs to none",
        outside if among is None else outside & among,
        severity=Severity.WARNING,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Rows that are alone the last of their group; rows of groups where several are."""

    rows: Positions
    tied: Positions


def last_of_each(groups: Numbered, rows: Positions, keys: Columns | Sequence[Any]) -> Chosen:
    """Of some rows the last of each group: highest first key, of those highest second, ...

    Shape: `keys` one value a row of the dataset each, a Series or an array of numbers. Missing
    comes first, text goes by code point. Does not depend on the order of the rows. Rows of no
    group are never chosen.
    """
    left = rows[~groups.outside[rows]]
    alone: list[Positions] = []
    for key in keys:
        group = groups.of[left]
        value = _comparable(key, left)
        highest = np.full(groups.count, _lowest(value), dtype=value.dtype)
        np.maximum.at(highest, group, value)
        left = left[value == highest[group]]
        several = np.bincount(groups.of[left], minlength=groups.count)[groups.of[left]] > 1
        alone.append(left[~several])
        left = left[several]
        if not len(left):
            break
    if not keys:
        several = np.bincount(groups.of[left], minlength=groups.count)[groups.of[left]] > 1
        alone.append(left[~several])
        left = left[several]
    return Chosen(np.concatenate(alone), left)


def _comparable(key: Any, rows: Positions) -> npt.NDArray[Any]:
    """The key of some rows as numbers that order them; missing below all others."""
    values: npt.NDArray[Any]
    if isinstance(key, np.ndarray):
        values = key[rows]
    elif pd.api.types.is_datetime64_any_dtype(key.dtype):
        # a date that is missing is the lowest of all integers
        values = key.to_numpy(dtype="datetime64[s]")[rows].astype(np.int64)
    elif pd.api.types.is_numeric_dtype(key.dtype):
        values = key.to_numpy(dtype=np.float64, na_value=np.nan)[rows]
    else:
        return ranks(key.take(rows).reset_index(drop=True))
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), -np.inf, values)
    return values


def _lowest(values: npt.NDArray[Any]) -> Any:
    return -np.inf if values.dtype.kind == "f" else np.iinfo(values.dtype).min
