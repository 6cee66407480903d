"""A package on disk, as a trace reads it: single records of datasets, their lineage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cdisc.algorithms.columns.uniques import Distinct, distinct, text_column
from cdisc.errors import Location, SourceError, UsageError
from cdisc.write.xpt_rows import XptRows

Positions = npt.NDArray[np.int64]
LAYERS = ("sdtm", "adam")
RAW = "raw:"

KEPT = 12
"""Whole columns kept, as codes and distinct texts: a few hundred MB for any package."""


class Edge(NamedTuple):
    """A parent of a record: its role, the source (`raw:ae`) or dataset, the 0-based row there."""

    role: str
    parent: str
    row: int


@dataclass(slots=True, eq=False)
class Package:
    """The datasets of a package folder and their lineage, read where they are asked for."""

    folder: Path
    files: Mapping[str, Path]
    _tables: dict[str, XptRows] = field(default_factory=dict)
    _texts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    _lineage: dict[str, _Lineage | None] = field(default_factory=dict)
    _coded: dict[tuple[str, str], Distinct] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, run: str) -> Package:
        """The package in a folder; `run` says what makes it.

        Raises UsageError when there is none.
        """
        files = {
            path.stem.upper(): path
            for layer in LAYERS
            for path in sorted((folder / layer).glob("*.xpt"))
        }
        if not files or not (folder / "lineage").is_dir():
            raise UsageError(
                "there is no package here to ask", at=Location(str(folder)), hint=f"First {run}"
            )
        return cls(folder, files)

    @property
    def manifest(self) -> dict[str, Any]:
        """What manifest.json says; empty where it is not there."""
        try:
            found: dict[str, Any] = orjson.loads((self.folder / "manifest.json").read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return found

    def table(self, name: str) -> XptRows:
        """The file of a dataset."""
        if name not in self._tables:
            self._tables[name] = XptRows(self.files[name])
        return self._tables[name]

    def texts(self, name: str, row: int) -> dict[str, str]:
        """The values of a record as text, empty where missing."""
        if (name, row) not in self._texts:
            frame = self.table(name).frame(np.array([row], dtype=np.int64))
            self._texts[(name, row)] = {
                str(column): text_column(frame[column]).fillna("").iloc[0] for column in frame
            }
        return self._texts[(name, row)]

    def column(self, name: str, variable: str) -> pd.Series[Any]:
        """A variable of all records."""
        return self.table(name).frame(names=[variable])[variable]

    def rows_with(self, name: str, variable: str, text: str) -> Positions:
        """The records in which a variable has a value, as text; empty: where it is missing.

        The column is read once; of the columns asked for this way, the last KEPT stay in memory.
        """
        values = self._coded.pop((name, variable), None)
        if values is None:
            values = distinct(self.column(name, variable))
        self._coded[(name, variable)] = values  # the last one asked for stands last
        while len(self._coded) > KEPT:
            del self._coded[next(iter(self._coded))]
        if not text:
            return np.flatnonzero(values.missing)
        code = pc.index(values.array, pa.scalar(text, pa.large_string())).as_py()
        return np.flatnonzero(values.codes == code) if code >= 0 else np.empty(0, dtype=np.int64)

    def edges(self, name: str, row: int) -> list[Edge]:
        """The parents of a record, in the order rows, lookups, variables."""
        if name not in self._lineage:
            path = self.folder / "lineage" / f"{name.lower()}.parquet"
            self._lineage[name] = _Lineage(path) if path.is_file() else None
        lineage = self._lineage[name]
        return [] if lineage is None else lineage.of(row)


@dataclass(slots=True, eq=False)
class _Lineage:
    """A lineage file; the row group that was read last is kept."""

    path: Path
    _group: int = -1
    _child: Positions = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _columns: tuple[Any, ...] = ()
    _bounds: list[tuple[int, int]] = field(default_factory=list)
    _file: Any = None

    def of(self, row: int) -> list[Edge]:
        """The edges of a record."""
        found: list[Edge] = []
        for group, (first, last) in enumerate(self._opened()):
            if first <= row <= last:
                found += self._in(group, row)
        return found

    def _opened(self) -> list[tuple[int, int]]:
        """The first and last child of each row group."""
        if self._file is None:
            try:
                self._file = pq.ParquetFile(self.path)
            except (OSError, ValueError) as error:
                raise SourceError(
                    "the lineage cannot be read", at=Location(str(self.path)), hint="Run again"
                ) from error
            meta = self._file.metadata
            for number in range(meta.num_row_groups):
                extremes = meta.row_group(number).column(0).statistics
                known = extremes is not None and extremes.has_min_max
                self._bounds.append((extremes.min, extremes.max) if known else (0, 1 << 31))
        return self._bounds

    def _in(self, group: int, row: int) -> list[Edge]:
        if group != self._group:
            table = self._file.read_row_group(group)
            self._child = table["child"].to_numpy()
            self._columns = tuple(table[name] for name in ("role", "parent", "parent_row"))
            self._group = group
        at = np.flatnonzero(self._child == row)
        role, parent, parent_row = (column.take(at).to_pylist() for column in self._columns)
        return [Edge(*edge) for edge in zip(role, parent, parent_row, strict=True)]
