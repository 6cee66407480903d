"""The tables a build starts from: sources and tables, read once, numbered for provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.contracts import check_columns, check_contract
from cdisc.build.cut import Cuts, cut_sources, read_cuts
from cdisc.build.persons import Persons, read_persons, rows_of, with_persons
from cdisc.build.qualifiers import with_qualifiers
from cdisc.build.repeated_subjects import one_of_each_subject
from cdisc.build.rowset import Parents, RowSet
from cdisc.errors import SpecError, did_you_mean
from cdisc.model import Finding, Occurrence
from cdisc.sources import SourceTable, read_source
from cdisc.spec import StudySpec
from cdisc.spec.stages import sources_read


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Every source and table of a study by name, in one order; `order` numbers them.

    By source: `persons` is the column of persons; `rejected` are the records whose id the
    `crosswalk` does not know, and subjects that DM of others has again; `cut` lists what the
    data cut left out or changed; `positions` say where the records of a part of the persons stand
    in the whole, and are empty for the whole.
    `cuts` are the days of the cut; `told` is what there was to say about them.
    """

    tables: Mapping[str, SourceTable]
    crosswalk: SourceTable | None = None
    rejected: Mapping[str, SourceTable] = field(default_factory=dict)
    positions: Mapping[str, npt.NDArray[np.int32]] = field(default_factory=dict)
    cuts: Cuts | None = None
    cut: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Finding, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """Names in the order of their numbers."""
        return tuple(self.tables)

    @property
    def notes(self) -> list[Finding]:
        """What reading had to say about the files, their records, the crosswalk and the cut."""
        tables = [*([self.crosswalk] if self.crosswalk else []), *self.tables.values()]
        return [*self.told, *(note for table in tables for note in table.notes)]

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

    def cut_dates(self, rows: RowSet) -> pd.Series[Any]:
        """The day of the data cut for each of some records: that of the person of its raw record.

        Where each person has one, a record that belongs to no person has none.
        """
        if self.cuts is None or self.cuts.by_person is None:
            return Cuts(self.cuts.date if self.cuts else "").of(None, rows.count)
        found = pd.Series([None] * rows.count, dtype=TEXT)
        for number in np.unique(rows.raw_table).tolist():
            name = self.order[number] if number >= 0 else ""
            if name in self.persons:
                mine = np.flatnonzero(rows.raw_table == number)
                person = self.tables[name].frame[self.persons[name]].take(rows.raw_row[mine])
                found.iloc[mine] = self.cuts.of(person.reset_index(drop=True), len(mine)).array
        return found

    def part(self, tables: Mapping[str, SourceTable]) -> Inputs:
        """The same inputs with fewer records; what there was to say stays with the whole."""
        return Inputs(tables, cuts=self.cuts, persons=self.persons)

    def occurrence(self, number: int, row: int) -> Occurrence:
        """The raw place of one record: file name and 1-based row there."""
        table = self.tables[self.order[number]]
        file = table.files[int(table.file_of[row])]
        return Occurrence(file=file, row=int(table.row_of[row]))


def needed_inputs(study: StudySpec) -> tuple[str, ...]:
    """The sources and tables that the specs read, in the order study.yaml declares them.

    With a data cut also those that date the records of others.
    """
    wanted: set[str] = set()
    for spec in study.datasets.values():
        wanted |= sources_read(spec)
    if study.cut is not None:
        wanted |= {study.cut.table}
        for _ in study.sources:  # a source may follow one that follows another
            dates = [study.sources[name].date for name in wanted if name in study.sources]
            wanted |= {date.follows for date in dates if date is not None}
    known = (*study.sources, *study.tables)
    return tuple(name for name in known if name in wanted or name in study.tables)


def read_inputs(study: StudySpec) -> Inputs:
    """Read the sources and tables that the specs use.

    Raises SourceError for what cannot be read; all other inputs are not looked at.
    """
    names = needed_inputs(study)
    persons = _persons(study, names)
    tables: dict[str, SourceTable] = {}
    rejected: dict[str, SourceTable] = {}
    for name in names:
        table, repeated = _received(study, name)
        if repeated is not None:
            rejected[name] = repeated
        if persons is not None and name in study.sources and study.sources[name].subject:
            table, unknown = with_persons(table, study.sources[name], persons)
            if unknown is not None:
                before = [rejected[name]] if name in rejected else []
                rejected[name] = _together([*before, unknown])
        if name in study.sources:
            findings = check_contract(study.sources[name], table)
            table = replace(table, notes=(*table.notes, *findings))
        tables[name] = table
    cuts, about_cuts = read_cuts(study, tables)
    cut = cut_sources(study, tables, cuts)
    return Inputs(
        tables,
        persons.table if persons else None,
        rejected,
        cuts=cuts if study.cut else None,
        cut=cut,
        persons={
            name: study.sources[name].person
            for name in tables
            if name in study.sources and study.sources[name].person
        },
        told=tuple(about_cuts),
    )


def _persons(study: StudySpec, names: tuple[str, ...]) -> Persons | None:
    """The crosswalk, read when a source that is read has subjects."""
    declared = study.crosswalk
    subjects = any(name in study.sources and study.sources[name].subject for name in names)
    if declared is None or not subjects:
        return None
    return read_persons(declared, read_source(declared.spec, study.folders[declared.folder]))


def _received(study: StudySpec, name: str) -> tuple[SourceTable, SourceTable | None]:
    """One source or table as received, its columns held against those declared.

    Beside it stand records that it has no place for, if any: subjects that are there already.

    Raises SourceError when a spec reads a declared column that is not there, SpecError when a
    source has no column of the name that `subject` gives.
    """
    if name in study.sources:
        declared = study.sources[name]
        file = replace(declared.spec, columns=())
        folder = study.folders[declared.folder]
        table, repeated = one_of_each_subject(read_source(file, folder), declared)
        if declared.supplemental is not None:
            table = with_qualifiers(table, read_source(declared.supplemental, folder), declared)
        findings = check_columns(study, declared, table)
        table = replace(table, notes=(*table.notes, *findings))
        columns = [str(column) for column in table.frame.columns]
        if declared.subject and declared.subject not in columns:
            raise SpecError(
                f"there is no column {declared.subject}, which subject names",
                at=declared.spec.at,
                hint=did_you_mean(declared.subject, columns)
                or f"There are {', '.join(columns[:12])}",
            )
        return table, repeated
    return read_source(study.tables[name], Path(study.home)), None


def _together(tables: list[SourceTable]) -> SourceTable:
    """Records of one source from several places, one after another."""
    return replace(
        tables[-1],
        frame=pd.concat([table.frame for table in tables], ignore_index=True),
        file_of=np.concatenate([table.file_of for table in tables]),
        row_of=np.concatenate([table.row_of for table in tables]),
    )


def of_subjects(study: StudySpec, whole: Inputs, subjects: frozenset[str]) -> Inputs:
    """The inputs with only these persons' records; inputs without subjects stay whole.

    `subjects` are persons as the crosswalk calls them, without a crosswalk ids as the sources'
    subject columns hold them; the empty text stands for records without one. What reading had
    to say is left with the whole, so that findings of partitions add up.
    """
    tables: dict[str, SourceTable] = {}
    positions: dict[str, npt.NDArray[np.int32]] = {}
    for name, table in whole.tables.items():
        column = study.sources[name].person if name in study.sources else ""
        if not column:
            tables[name] = replace(table, notes=())
            continue
        ids = table.frame[column]
        inside = ids.isin(subjects) | (ids.isna() & ("" in subjects))
        mine = np.flatnonzero(inside.to_numpy(dtype=np.bool_))
        tables[name] = rows_of(table, mine)
        positions[name] = mine.astype(np.int32)
    return replace(whole.part(tables), positions=positions)
