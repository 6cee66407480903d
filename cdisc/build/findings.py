"""From issues about rows to findings: subject, keys, raw file and row, place in the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.uniques import text_column
from cdisc.build.by_value import by_value
from cdisc.build.engine import Engine
from cdisc.build.rowset import RowSet
from cdisc.errors import Location
from cdisc.model import Finding, Occurrence
from cdisc.model.finding import MAX_OCCURRENCES, others_message

Positions = npt.NDArray[np.int64]

NOT_SHOWN_AS_KEYS = ("STUDYID", "USUBJID")


def findings_of(engine: Engine) -> list[Finding]:
    """Every finding of a build, each with the records it is about."""
    found: list[Finding] = []
    found += engine.inputs.notes
    for dataset, row_issue in engine.row_issues:
        subject = row_issue.rows.columns.get("USUBJID")
        places = Places(engine, row_issue.rows, subject, {})
        found += _grouped(row_issue.issue, dataset, "", row_issue.at, places)
    for value_issue in engine.value_issues:
        places = places_of(engine, value_issue.dataset)
        found += _grouped(
            value_issue.issue, value_issue.dataset, value_issue.variable, value_issue.at, places
        )
    return found


def places_of(engine: Engine, dataset: str) -> Places:
    """The occurrences of the records of a dataset, as the engine holds them."""
    spec = engine.study.datasets[dataset]
    values = engine.values[dataset]
    keys = {key: values[key] for key in spec.keys if key in values}
    keys = {key: column for key, column in keys.items() if key not in NOT_SHOWN_AS_KEYS}
    return Places(engine, engine.rows[dataset], values.get("USUBJID"), keys)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The occurrence of each of some records: raw place, subject and keys."""

    engine: Engine
    rows: RowSet
    subject: pd.Series[Any] | None
    keys: Mapping[str, pd.Series[Any]]

    def __call__(self, rows: Positions) -> list[Occurrence]:
        """The occurrences of these rows (as the engine holds them, not in submission order)."""
        subjects = texts_at(self.subject, rows)
        keys = [(name, texts_at(column, rows)) for name, column in self.keys.items()]
        occurrences = []
        for index, row in enumerate(rows.tolist()):
            raw = self._raw(row)
            pairs = tuple((name, texts[index]) for name, texts in keys if texts[index])
            occurrences.append(Occurrence(raw.file, raw.row, subjects[index], pairs))
        return occurrences

    def first(self, rows: Positions) -> tuple[Occurrence, ...]:
        """The occurrences that come first by file and row, as many as a finding holds.

        Which rows come first does not depend on how the data were partitioned.
        """
        if len(rows) > MAX_OCCURRENCES:
            rows = rows[first_places(*self.raw_order(rows))]
        return tuple(sorted(self(rows))[:MAX_OCCURRENCES])

    def _raw(self, row: int) -> Occurrence:
        table, raw_row = int(self.rows.raw_table[row]), int(self.rows.raw_row[row])
        if table < 0:
            return Occurrence(file=self._specs[-1 - table], row=raw_row)
        return self.engine.inputs.occurrence(table, raw_row)

    def raw_order(self, rows: Positions) -> tuple[Positions, Positions]:
        """A number for the file, which indexes `file_names`, and the row in it."""
        inputs = self.engine.inputs
        rank = {name: number for number, name in enumerate(file_names(self.engine))}
        files, places = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
        numbers, raw_rows = self.rows.raw_table[rows], self.rows.raw_row[rows]
        for number in np.unique(numbers).tolist():
            mine = numbers == number
            if number < 0:
                files[mine], places[mine] = rank[self._specs[-1 - number]], raw_rows[mine]
                continue
            table = inputs.tables[inputs.order[number]]
            ranks = np.array([rank[file] for file in table.files], dtype=np.int64)
            files[mine] = ranks[table.file_of[raw_rows[mine]]]
            places[mine] = table.row_of[raw_rows[mine]]
        return files, places

    @property
    def _specs(self) -> list[str]:
        return [spec.file for spec in self.engine.study.datasets.values()]


def first_places(files: Positions, rows: Positions) -> Positions:
    """Which of some records come first by file and row: as many as a finding holds, and ties."""
    last = np.lexsort((rows, files))[:MAX_OCCURRENCES][-1]
    before = (files < files[last]) | ((files == files[last]) & (rows <= rows[last]))
    return np.flatnonzero(before)


def file_names(engine: Engine) -> list[str]:
    """The files a record may come from, raw files and specs, sorted."""
    specs = (spec.file for spec in engine.study.datasets.values())
    files = (file for table in engine.inputs.tables.values() for file in table.files)
    return sorted({*specs, *files})


def texts_at(column: pd.Series[Any] | None, rows: Positions) -> list[str]:
    """The values of a column at some rows as findings show them, empty where missing."""
    if column is None:
        return [""] * len(rows)
    texts = text_column(column.take(rows).reset_index(drop=True))
    filled: list[str] = texts.fillna("").tolist()
    return filled


def _grouped(
    issue: Issue, dataset: str, variable: str, at: Location, places: Places
) -> Sequence[Finding]:
    """One finding per distinct value of an issue, counted, with its first occurrences."""
    if issue.values is None:
        return [_finding(issue, dataset, variable, at, None, issue.rows, places)]
    found = []
    for value, rows, others in by_value(issue.values, issue.rows):
        finding = _finding(issue, dataset, variable, at, value, rows, places)
        if others:
            finding = replace(finding, message=others_message(variable), hint="")
        found.append(finding)
    return found


def _finding(
    issue: Issue,
    dataset: str,
    variable: str,
    at: Location,
    value: str | None,
    rows: Positions,
    places: Places,
) -> Finding:
    shown = "a missing value" if value is None else f"'{value}'"
    return Finding(
        rule=issue.rule,
        severity=issue.severity,
        message=issue.message.replace("{value}", shown),
        dataset=dataset,
        variable=variable,
        value=value,
        hint=issue.hint,
        at=at,
        count=len(rows),
        occurrences=places.first(rows),
    )
