"""Some records, or some columns, of an XPT file of any size, without reading the rest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.errors import Location, SourceError
from cdisc.write.sas_dates import kind_of, moments
from cdisc.write.xpt_fields import NumberField, TextField
from cdisc.write.xpt_layout import read_layout
from cdisc.write.xpt_reader import count_rows

Positions = npt.NDArray[np.int64]


class XptRows:
    """An XPT file of one dataset, its records read when they are asked for.

    Char columns have `str` dtype, Num float64; a variable with a date or datetime format is
    datetime64[s]. Missing is NaN, in dates NaT.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str = "ascii") -> None:
        """Read the header. Raises SourceError as `read_xpt` does."""
        self._path = Path(path)
        self._encoding = encoding
        shown = str(path)
        try:
            size = self._path.stat().st_size
            with self._path.open("rb") as file:
                layout = read_layout(file, shown, size, encoding)
                self.count = count_rows(file, layout, shown, size)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SourceError(f"cannot be read: {reason}", at=Location(file=shown)) from error
        self._start, self._size = layout.start, layout.record_size
        self.name, self.label = layout.name, layout.label
        self.labels = dict(zip(layout.names, layout.labels, strict=True))
        self._fields = dict(zip(layout.names, layout.namestrs, strict=True))

    @property
    def names(self) -> tuple[str, ...]:
        """The variables in the order of the file."""
        return tuple(self._fields)

    def is_number(self, name: str) -> bool:
        """Whether a variable has numbers: not text, nor dates."""
        return name in self._fields and self._fields[name].numeric and not self._kind(name)

    def _kind(self, name: str) -> str:
        """`date` or `datetime` for a variable with such a format, otherwise empty."""
        field = self._fields[name]
        return kind_of(field.format_name.decode("ascii", errors="replace")) if field.numeric else ""

    def frame(
        self, rows: Positions | None = None, names: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """These records (all by default), with these variables (all by default)."""
        count = self.count if rows is None else len(rows)
        wanted = self.names if names is None else names
        if not self.count or not count:
            return pd.DataFrame({name: self._column(name, None, 0) for name in wanted})
        records = np.memmap(
            self._path, np.uint8, "r", self._start, (self.count, self._size)
        )  # a window on the file: only what is taken below is read
        part = records if rows is None else np.asarray(records[rows])
        return pd.DataFrame({name: self._column(name, part, count) for name in wanted})

    def _column(self, name: str, records: npt.NDArray[np.uint8] | None, count: int) -> pd.Series:
        field = self._fields[name]
        at = Location(file=str(self._path), name=f"{self.name}.{name}")
        reader = (
            NumberField(field.length, count)
            if field.numeric
            else TextField(field.length, self._encoding, "error", at)
        )
        if records is not None:
            last = field.position + field.length
            reader.read(np.ascontiguousarray(records[:, field.position : last]), 0)
        column = reader.column()
        kind = self._kind(name)
        if not kind:
            return column
        return pd.Series(moments(column.to_numpy(dtype=np.float64), kind))
