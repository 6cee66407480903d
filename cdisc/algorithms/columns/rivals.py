"""Why a record was taken among others: rows of its group, or the subject's records, with reasons.

Nothing of it is computed in a run: an algorithm comes here only when it is asked to explain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Considered, Selected
from cdisc.algorithms.columns.subjects import Subjects, each_with_its_records
from cdisc.algorithms.columns.uniques import text_column

Positions = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

MOST_PAIRS = 1_000_000
"""Pairs of a row and a rival: one subject never has so many, a study that is run whole may."""


class Reasons:
    """Why each row was taken or not, in words; of several that are said the last one counts."""

    def __init__(self, count: int, otherwise: str = "") -> None:
        self._texts: npt.NDArray[np.object_] = np.full(count, otherwise, dtype=object)

    def say(self, where: Marks, words: str, *columns: pd.Series[Any]) -> None:
        """Say something of the rows where `where` holds.

        Each `{}` in the words stands for the value of a column, which reads "unknown" if missing.
        """
        rows = np.flatnonzero(where)
        if not columns:
            self._texts[rows] = words
            return
        cells = [text_column(at(column, rows)).fillna("unknown").tolist() for column in columns]
        self._texts[rows] = [words.format(*cell) for cell in zip(*cells, strict=True)]

    def take(self, rows: Positions) -> pd.Series[Any]:
        """The reasons of some rows."""
        return pd.Series(pd.array(self._texts[rows].tolist(), dtype="str"))


def at(column: pd.Series[Any], rows: Positions) -> pd.Series[Any]:
    """The values of a column in some rows; missing at -1."""
    return pd.Series(pd.api.extensions.take(column.array, rows, allow_fill=True))


def of_group(groups: Positions, rows: Positions) -> Positions:
    """For each row the one of `rows` that is of its group; -1 for a group without."""
    place = np.full(int(groups.max(initial=-1)) + 1, -1, dtype=np.int64)
    place[groups[rows]] = rows
    return place[groups]


def rivals(
    groups: Positions,
    taken: Marks,
    why: Reasons,
    alone: Marks | None = None,
    *,
    gives: bool = False,
) -> tuple[Considered, ...]:
    """Each row with all rows of its group: whether each was taken, and why or why not.

    `alone` are rows that belong to no group: there is nothing to say but of themselves. `gives`
    says that each has the value of the one taken.
    """
    row, rival = pairs(groups, taken, alone)
    return told(row, rival, taken[rival], why.take(rival), gives=gives)


def told(
    row: Positions, rival: Positions, taken: Marks, why: pd.Series[Any], *, gives: bool = False
) -> tuple[Considered, ...]:
    """What was considered of the algorithm's own rows, if there is anything to tell."""
    return (Considered("", row, rival, taken, why, gives),) if len(row) else ()


def pairs(
    groups: Positions, taken: Marks, alone: Marks | None = None
) -> tuple[Positions, Positions]:
    """Each row with each row of its group, itself among them.

    Where these would be more than MOST_PAIRS, only with itself and the last one taken.
    """
    count = len(groups)
    of = groups.copy()
    if alone is not None:  # each of them is a group of its own
        own = np.flatnonzero(alone)
        of[own] = int(of.max(initial=-1)) + 1 + np.arange(len(own))
    of = np.unique(of, return_inverse=True)[1].astype(np.int64)
    order = np.argsort(of, kind="stable")
    sizes = np.bincount(of)
    if int((sizes.astype(np.float64) ** 2).sum()) > MOST_PAIRS:
        self_ = np.arange(count, dtype=np.int64)
        chosen = of_group(of, np.flatnonzero(taken))
        other = np.flatnonzero((chosen >= 0) & (chosen != self_))
        return np.concatenate([self_, other]), np.concatenate([self_, chosen[other]])
    starts = np.cumsum(sizes) - sizes
    many = sizes[of]
    row = np.repeat(np.arange(count, dtype=np.int64), many)
    within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    return row, order[np.repeat(starts[of], many) + within].astype(np.int64)


def records_of(people: Subjects, taken: tuple[Positions, Positions]) -> tuple[Positions, Positions]:
    """Each row with the records of its subject; `taken` are rows with the records they took.

    Where these would be more than MOST_PAIRS, only those that were taken.
    """
    rows = np.bincount(people.rows + 1, minlength=people.count + 1)[1:].astype(np.float64)
    records = np.bincount(people.records + 1, minlength=people.count + 1)[1:]
    if float((rows * records).sum()) > MOST_PAIRS:
        return taken
    return each_with_its_records(people.rows, people.records)


def of_selections(
    of: Sequence[Selected], row: Positions, record: Positions, taken: Marks, why: pd.Series[Any]
) -> tuple[Considered, ...]:
    """What was considered of the records of some selections, put end to end."""
    said = []
    start = 0
    for part in of:
        mine = np.flatnonzero((record >= start) & (record < start + len(part)))
        if len(mine):
            reasons = why.take(mine).reset_index(drop=True)
            parents = part.rows[record[mine] - start]
            said.append(Considered(part.name, row[mine], parents, taken[mine], reasons))
        start += len(part)
    return tuple(said)
