"""What algorithms say they considered while one subject is run again (`cdisc trace`).

Nothing of it is stored in a package. Explanations of variables are about rows of the dataset; those
given while rows are made are about rows on their way, which get a mark that goes along with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Considered
from cdisc.build.rowset import RowSet
from cdisc.spec.model import DatasetSpec

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ValueConsidered:
    """What was considered for a variable of a dataset; for its records where `variable` is empty.

    `rows` of `considered` are those of the dataset as the engine holds them. So are the records
    considered where they are `rivals`: the rows that the algorithm was given itself.
    """

    dataset: str
    variable: str
    considered: Considered
    rivals: bool = False


def about(dataset: str, variable: str, told: Iterable[Considered]) -> list[ValueConsidered]:
    """What was considered for a variable of a dataset, or for its records.

    An algorithm does not know whose rows it was given: where it names no dataset, it is this one.
    """
    return [
        ValueConsidered(dataset, variable, one)
        if one.dataset
        else ValueConsidered(dataset, variable, replace(one, dataset=dataset), rivals=True)
        for one in told
    ]


def about_rows(spec: DatasetSpec, explained: Explanations, rows: RowSet) -> list[ValueConsidered]:
    """What was considered while the rows of a dataset were made.

    For a column it is about the variables that copy it; for one that none does, about the records.
    """
    copies: dict[str, list[str]] = {}
    for variable in spec.variables.values():
        if variable.call.copied is not None and not variable.call.copied.qualifier:
            copies.setdefault(variable.call.copied.name, []).append(variable.name)
    return [
        told
        for column, one in explained.for_rows(rows)
        for name in copies.get(column, [""])
        for told in about(spec.name, name, [one])
    ]


@dataclass(slots=True, eq=False)
class Explanations:
    """Explanations of rows while they are made, or of a column of them; their `rows` are marks."""

    told: list[tuple[str, Considered]] = field(default_factory=list)
    _marked: int = 0

    def of_rows(self, rows: RowSet, considered: Sequence[Considered], column: str = "") -> RowSet:
        """Keep what was considered for these rows, which get marks if they have none."""
        if not considered:
            return rows
        mark = np.full(rows.count, -1, dtype=np.int64) if rows.mark is None else rows.mark.copy()
        without = np.flatnonzero(mark < 0)
        mark[without] = self._marked + np.arange(len(without))
        self._marked += len(without)
        self.told += [(column, replace(one, rows=mark[one.rows])) for one in considered]
        return replace(rows, mark=mark)

    def for_rows(self, rows: RowSet) -> Iterator[tuple[str, Considered]]:
        """What was considered for the rows that came of it, and for which column of them.

        A row that was dropped has none.
        """
        if rows.mark is None:
            return
        order = np.argsort(rows.mark, kind="stable")
        marks = rows.mark[order]
        for column, one in self.told:
            start = np.searchsorted(marks, one.rows, side="left")
            sizes = np.searchsorted(marks, one.rows, side="right") - start
            entry = np.repeat(np.arange(len(one.rows)), sizes)
            offset = np.arange(len(entry)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            yield column, _at(one, entry, order[start[entry] + offset])


def of_own_rows(
    told: Iterable[Considered], rows: RowSet, named: Callable[[int], str]
) -> Iterator[Considered]:
    """Explanations by the records behind the rows, where they name rows that were given.

    `named` is the name of a dataset or input by its number among parents.
    """
    for one in told:
        if one.dataset:
            yield one
            continue
        edges = rows.parents.take(one.parent_rows, rows.count)
        for table in np.unique(edges.table).tolist():
            chosen = np.flatnonzero(edges.table == table)
            moved = _at(one, edges.child[chosen].astype(np.int64), one.rows[edges.child[chosen]])
            yield replace(
                moved, dataset=named(table), parent_rows=edges.row[chosen].astype(np.int64)
            )


def fits(considered: Considered) -> bool:
    """Whether the parts of an explanation are parallel, as an algorithm must give them."""
    parts: list[Any] = [considered.rows, considered.parent_rows, considered.taken, considered.why]
    return len({len(part) for part in parts}) == 1


def _at(one: Considered, entry: Positions, rows: Positions) -> Considered:
    why: pd.Series[Any] = one.why.take(entry).reset_index(drop=True)
    parents, taken = one.parent_rows[entry], one.taken[entry]
    return replace(one, rows=rows, parent_rows=parents, taken=taken, why=why)
