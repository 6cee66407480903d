"""Raw files in the SAS transport format (XPT), whatever the name of the file says."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc.simulate.sheets import Row
from cdisc.write.xpt import write_xpt

_EPOCH = date(1970, 1, 1).toordinal()


class TransportFile:
    """Rows of text kept column by column until the file is closed, then written at once.

    The format needs the length of the longest text before the first row. Numbers and dates take
    8 bytes a cell; texts are few and kept once, so that memory grows little with the rows.
    """

    def __init__(
        self, path: Path, columns: Sequence[str], name: str, texts: frozenset[str], day: str
    ) -> None:
        self._path, self._name, self._columns = path, name, tuple(columns)
        self._date = day
        self._numbers = {c: array("d") for c in columns if c not in texts and c != day}
        self._days = array("q")
        self._codes = {column: array("l") for column in columns if column in texts}
        self._texts: dict[str, dict[str, int]] = {column: {} for column in self._codes}

    def writerows(self, rows: Iterable[Row]) -> None:
        """Append rows; an empty cell is missing."""
        for row in rows:
            for column, cell in zip(self._columns, row, strict=True):
                if column in self._codes:
                    known = self._texts[column]
                    self._codes[column].append(known.setdefault(cell, len(known)))
                elif column == self._date:
                    self._days.append(date.fromisoformat(cell).toordinal() - _EPOCH)
                else:
                    self._numbers[column].append(float(cell) if cell else float("nan"))

    def close(self) -> None:
        """Write the file."""
        frame = {}
        for column in self._columns:
            if column in self._codes:
                texts = pd.array(list(self._texts[column]) or [""], dtype="str")
                frame[column] = texts.take(np.array(self._codes[column], dtype=np.int64))
            elif column == self._date:
                days = np.array(self._days, dtype=np.int64)
                frame[column] = pd.array(days.astype("datetime64[D]").astype("datetime64[s]"))
            else:
                frame[column] = pd.array(np.array(self._numbers[column]))
        write_xpt(
            pd.DataFrame(frame),
            self._path,
            name=self._name,
            formats={self._date: "DATE9."},
            encoding="utf-8",
        )
