"""What the data cut did to one source, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import TEXT, text_column
from cdisc.sources import SourceTable

Positions = npt.NDArray[np.int64]

REMOVED = "removed"
CHANGED = "changed"
COLUMNS = ("file", "row", "person", "what", "column", "value", "becomes", "cut")


@dataclass(frozen=True, slots=True, eq=False)
class CutList:
    """Records removed and cells changed.

    `table` and `person` are the source as received and whose each record is; `day` gives the cut
    of some persons, so many records.
    """

    table: SourceTable
    person: pd.Series[Any]
    day: Callable[[pd.Series[Any], int], pd.Series[Any]]
    parts: tuple[tuple[Positions, pd.DataFrame], ...] = ()

    def __len__(self) -> int:
        return sum(len(rows) for rows, _ in self.parts)

    def removed(
        self, rows: Positions, column: str, values: pd.Series[Any] | None = None
    ) -> CutList:
        """With records that were left out for the date in a column."""
        shown = self.person if values is None else values
        return self._with(rows, REMOVED, column, shown, None)

    def changed(
        self, rows: Positions, column: str, was: pd.Series[Any], now: pd.Series[Any]
    ) -> CutList:
        """With the cells of a column that are not what they were."""
        old, new = text_column(was.take(rows)), text_column(now.take(rows))
        other = (old.fillna("") != new.fillna("")).to_numpy(dtype=np.bool_)
        return self._with(rows[other], CHANGED, column, was, now)

    def frame(self) -> pd.DataFrame:
        """The list in the order of the source: file, row, person, what, value, day of the cut."""
        if not self.parts:
            return pd.DataFrame(columns=list(COLUMNS))
        places = np.concatenate([rows for rows, _ in self.parts])
        whole = pd.concat([frame for _, frame in self.parts], ignore_index=True)
        order = np.argsort(places, kind="stable")
        return whole.take(order).reset_index(drop=True)

    def _with(
        self,
        rows: Positions,
        what: str,
        column: str,
        was: pd.Series[Any],
        now: pd.Series[Any] | None,
    ) -> CutList:
        if not len(rows):
            return self
        table = self.table
        person = self.person.take(rows).reset_index(drop=True)
        empty = pd.Series([None] * len(rows), dtype=TEXT)
        frame = pd.DataFrame(
            {
                "file": np.array(table.files, dtype=object)[table.file_of[rows]],
                "row": table.row_of[rows],
                "person": person,
                "what": what,
                "column": column,
                "value": was.take(rows).reset_index(drop=True),
                "becomes": empty if now is None else now.take(rows).reset_index(drop=True),
                "cut": self.day(person, len(rows)),
            }
        )
        return replace(self, parts=(*self.parts, (rows, frame)))
