"""The tables a build starts from: sources and tables, read once, numbered for provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build.rowset import Parents, RowSet
from cdisc.model import Occurrence
from cdisc.sources import SourceTable, read_source
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.spec.needs import inputs, source_columns


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Every source and table of a study by name, in one order; `order` numbers them."""

    tables: Mapping[str, SourceTable]

    @property
    def order(self) -> tuple[str, ...]:
        """Names in the order of their numbers."""
        return tuple(self.tables)

    def number(self, name: str) -> int:
        """The number that `raw_table` holds for a source."""
        return self.order.index(name)

    def rows(self, name: str, parent: int) -> RowSet:
        """All records of a source; `parent` is its number among all parents of lineage."""
        table = self.tables[name]
        count = len(table.frame)
        row = np.arange(count, dtype=np.int32)
        columns: dict[str, pd.Series[Any]] = {
            str(column): table.frame[column] for column in table.frame.columns
        }
        return RowSet(
            columns,
            count,
            np.full(count, self.number(name), dtype=np.int16),
            row,
            Parents(row, np.full(count, parent, dtype=np.int16), row),
        )

    def occurrence(self, number: int, row: int) -> Occurrence:
        """The raw place of one record: file name and 1-based row there."""
        table = self.tables[self.order[number]]
        file = table.files[int(table.file_of[row])]
        return Occurrence(file=file, row=int(table.row_of[row]))


def needed_inputs(study: StudySpec) -> tuple[str, ...]:
    """The sources and tables that the specs read, in the order study.yaml declares them."""
    wanted: set[str] = set()
    for spec in study.datasets.values():
        wanted |= set(_origins(spec))
    known = (*study.sources, *study.tables)
    return tuple(name for name in known if name in wanted or name in study.tables)


def read_inputs(study: StudySpec) -> Inputs:
    """Read the sources and tables that the specs use.

    Raises SourceError for what cannot be read; all other inputs are not looked at.
    """
    tables: dict[str, SourceTable] = {}
    for name in needed_inputs(study):
        tables[name] = read_input(study, name)
    return Inputs(tables)


def read_input(study: StudySpec, name: str) -> SourceTable:
    """One source or table, read."""
    if name in study.sources:
        declared = study.sources[name]
        return read_source(declared.spec, study.folders[declared.folder])
    return read_source(study.tables[name], Path(study.home))


def of_subjects(study: StudySpec, whole: Inputs, subjects: frozenset[str]) -> Inputs:
    """The inputs with only these subjects' records; inputs without subjects stay whole.

    `subjects` are ids as the sources' subject columns hold them.
    """
    tables: dict[str, SourceTable] = {}
    for name, table in whole.tables.items():
        column = study.sources[name].subject if name in study.sources else ""
        if not column:
            tables[name] = table
            continue
        keep = np.flatnonzero(table.frame[column].isin(subjects).to_numpy(dtype=np.bool_))
        tables[name] = _rows_of(table, keep)
    return Inputs(tables)


def _rows_of(table: SourceTable, keep: npt.NDArray[np.int64]) -> SourceTable:
    return replace(
        table,
        frame=table.frame.take(keep).reset_index(drop=True),
        file_of=table.file_of[keep],
        row_of=table.row_of[keep],
    )


def _origins(spec: DatasetSpec) -> set[str]:
    wanted = frozenset(source_columns(spec))
    found = {origin for origin, _, _ in inputs(spec.rows, wanted)}
    found |= {lookup.origin for lookup in spec.lookups.values()}
    return found | _inner(spec.rows)


def _inner(rows: Rows) -> set[str]:
    found = {rows.origin} if rows.origin else set()
    for part in rows.stack:
        found |= _inner(part)
    return found
