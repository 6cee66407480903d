"""Records while a dataset is being built: columns, the raw record of each, its parents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.columns.uniques import TEXT, arrow_text
from cdisc.errors import Location, SpecError, did_you_mean

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Parents:
    """Parent edges so far: row `child` came from row `row` of the table numbered `table`."""

    child: npt.NDArray[np.int32]
    table: npt.NDArray[np.int16]
    row: npt.NDArray[np.int32]

    def take(self, positions: Positions, count: int) -> Parents:
        """The edges of the rows at `positions`, renumbered; a row taken twice keeps both."""
        if len(self.child) == count and np.array_equal(self.child, np.arange(count)):
            child = np.arange(len(positions), dtype=np.int32)
            return Parents(child, self.table[positions], self.row[positions])
        order = np.argsort(self.child, kind="stable")
        starts = np.searchsorted(self.child[order], positions, side="left")
        ends = np.searchsorted(self.child[order], positions, side="right")
        sizes = ends - starts
        child = np.repeat(np.arange(len(positions), dtype=np.int32), sizes)
        offset = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        index = order[np.repeat(starts, sizes) + offset]
        return Parents(child, self.table[index], self.row[index])


@dataclass(frozen=True, slots=True, eq=False)
class RowSet:
    """Records on their way: `columns` of equal length, `count` rows.

    `raw_table`, `raw_row` name the raw record a row goes back to first: index into the
    engine's list of inputs and 0-based row there; for a record written in a spec -1 less the
    index of its dataset and its line. `left` are the names of columns that were not
    taken along, for the hint when one is asked for that is not there. `mark` is the number that
    an explanation calls a row by, -1 for none; None while nothing is explained.
    """

    columns: Mapping[str, pd.Series[Any]]
    count: int
    raw_table: npt.NDArray[np.int16]
    raw_row: npt.NDArray[np.int32]
    parents: Parents
    left: tuple[str, ...] = ()
    mark: Positions | None = None

    def take(self, positions: Positions) -> RowSet:
        """The rows at these positions, in this order."""
        columns = {name: taken(column, positions) for name, column in self.columns.items()}
        return RowSet(
            columns,
            len(positions),
            self.raw_table[positions],
            self.raw_row[positions],
            self.parents.take(positions, self.count),
            self.left,
            None if self.mark is None else self.mark[positions],
        )

    def only(self, names: Collection[str]) -> RowSet:
        """The same rows with none but these columns, those of them there are."""
        columns = {name: column for name, column in self.columns.items() if name in names}
        left = tuple(name for name in self.columns if name not in names)
        return replace(self, columns=columns, left=(*self.left, *left))

    def with_columns(self, columns: Mapping[str, pd.Series[Any]]) -> RowSet:
        """The same rows with more (or other) columns."""
        return replace(self, columns={**self.columns, **columns})

    def with_parents(self, more: Sequence[Parents]) -> RowSet:
        """The same rows with more parents; an edge that is there already stays one."""
        every = [self.parents, *more]
        edges = np.stack(
            [
                np.concatenate([parents.child for parents in every]).astype(np.int64),
                np.concatenate([parents.table for parents in every]).astype(np.int64),
                np.concatenate([parents.row for parents in every]).astype(np.int64),
            ]
        )
        child, table, row = np.unique(edges, axis=1)
        parents = Parents(child.astype(np.int32), table.astype(np.int16), row.astype(np.int32))
        return replace(self, parents=parents)


class NoColumnError(SpecError):
    """Records have no column of a name; `name` is that, `rows` are the records."""

    def __init__(self, name: str, rows: RowSet, at: Location) -> None:
        known = list(dict.fromkeys((*rows.columns, *rows.left)))
        hint = did_you_mean(name, known) or f"There are {', '.join(known[:12])}"
        super().__init__(f"there is no column {name}", at=at, hint=hint)
        self.name = name
        self.rows = rows


def named_column(rows: RowSet, name: str, at: Location) -> pd.Series[Any]:
    """A column of the records. Raises SpecError with the nearest name when there is none."""
    if name not in rows.columns:
        raise NoColumnError(name, rows, at)
    return rows.columns[name]


def taken(column: pd.Series[Any], positions: Positions) -> pd.Series[Any]:
    """The values at these positions; -1 gives a missing value."""
    array = column.array
    if len(positions) and positions.min() < 0:
        values = pd.api.extensions.take(array, positions, allow_fill=True)
        return pd.Series(values)
    return pd.Series(array.take(positions))


def stacked(parts: list[RowSet]) -> RowSet:
    """Row sets one after another; a column that one of them lacks is missing there."""
    if len(parts) == 1:
        return parts[0]
    names: dict[str, None] = {}
    for part in parts:
        names |= dict.fromkeys(part.columns)
    offsets = np.cumsum([0, *(part.count for part in parts)])
    counts = [part.count for part in parts]
    return RowSet(
        {name: joined([part.columns.get(name) for part in parts], counts) for name in names},
        int(offsets[-1]),
        np.concatenate([part.raw_table for part in parts]),
        np.concatenate([part.raw_row for part in parts]),
        Parents(
            np.concatenate(
                [
                    part.parents.child + np.int32(offset)
                    for part, offset in zip(parts, offsets, strict=False)
                ]
            ),
            np.concatenate([part.parents.table for part in parts]),
            np.concatenate([part.parents.row for part in parts]),
        ),
        tuple(dict.fromkeys(name for part in parts for name in part.left)),
        _marks(parts),
    )


def _marks(parts: Sequence[RowSet]) -> Positions | None:
    if all(part.mark is None for part in parts):
        return None
    none = [np.full(part.count, -1, dtype=np.int64) for part in parts]
    marks = [
        part.mark if part.mark is not None else no for part, no in zip(parts, none, strict=True)
    ]
    return np.concatenate(marks)


def joined(columns: Sequence[pd.Series[Any] | None], counts: Sequence[int]) -> pd.Series[Any]:
    """Columns of one kind one after another; None stands for `count` missing values."""
    known = next((column for column in columns if column is not None), pd.Series(dtype=TEXT))
    if all(column is None or column.dtype == TEXT for column in columns):
        texts = [
            pa.nulls(count, pa.large_string()) if column is None else arrow_text(column)
            for column, count in zip(columns, counts, strict=True)
        ]
        return pd.Series(pd.array(pa.concat_arrays(texts), dtype=TEXT))
    whole = [
        known.iloc[:0].reindex(range(count)) if column is None else column
        for column, count in zip(columns, counts, strict=True)
    ]
    return pd.concat(whole, ignore_index=True)


def mixed(columns: Iterable[pd.Series[Any] | None]) -> bool:
    """Whether columns to be joined are of several kinds: text, numbers, dates."""
    return len({_kind(column) for column in columns if column is not None}) > 1


def _kind(column: pd.Series[Any]) -> str:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(column.dtype) else "text"
