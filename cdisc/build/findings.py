"""From issues about rows to findings: subject, keys, raw file and row, place in the spec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.uniques import text_column
from cdisc.build.engine import Engine
from cdisc.build.rowset import RowSet
from cdisc.errors import Location
from cdisc.model import Finding, Occurrence
from cdisc.model.finding import MAX_OCCURRENCES

Positions = npt.NDArray[np.int64]

NOT_SHOWN_AS_KEYS = ("STUDYID", "USUBJID")


def findings_of(engine: Engine) -> list[Finding]:
    """Every finding of a build, each with the records it is about."""
    found: list[Finding] = []
    for table in engine.inputs.tables.values():
        found += table.notes
    for dataset, row_issue in engine.row_issues:
        occurrences = _raw_places(engine, row_issue.rows)
        found += _grouped(row_issue.issue, dataset, "", row_issue.at, occurrences)
    for value_issue in engine.value_issues:
        places = Places(engine, value_issue.dataset)
        found += _grouped(
            value_issue.issue, value_issue.dataset, value_issue.variable, value_issue.at, places
        )
    return found


class Places:
    """The occurrence of each record of a dataset: raw place, subject and keys."""

    def __init__(self, engine: Engine, dataset: str) -> None:
        self.engine = engine
        self.rows = engine.rows[dataset]
        spec = engine.study.datasets[dataset]
        self.file = spec.file
        values = engine.values[dataset]
        self.subject = values.get("USUBJID")
        self.keys = {
            key: values[key] for key in spec.keys if key in values and key not in NOT_SHOWN_AS_KEYS
        }

    def __call__(self, rows: Positions) -> list[Occurrence]:
        """The occurrences of these rows (as the engine holds them, not in submission order)."""
        subjects = _texts(self.subject, rows)
        keys = [(name, _texts(column, rows)) for name, column in self.keys.items()]
        occurrences = []
        for index, row in enumerate(rows.tolist()):
            raw = _raw(self.engine, self.rows, row, self.file)
            pairs = tuple((name, texts[index]) for name, texts in keys if texts[index])
            occurrences.append(Occurrence(raw.file, raw.row, subjects[index], pairs))
        return occurrences


def _raw(engine: Engine, rows: RowSet, row: int, spec_file: str) -> Occurrence:
    table = int(rows.raw_table[row])
    if table < 0:
        return Occurrence(file=spec_file, row=int(rows.raw_row[row]))
    return engine.inputs.occurrence(table, int(rows.raw_row[row]))


def _texts(column: pd.Series[Any] | None, rows: Positions) -> list[str]:
    if column is None:
        return [""] * len(rows)
    texts = text_column(column.take(rows).reset_index(drop=True))
    filled: list[str] = texts.fillna("").tolist()
    return filled


def _raw_places(engine: Engine, rows: RowSet) -> Any:
    def places(positions: Positions) -> list[Occurrence]:
        return [_raw(engine, rows, row, "") for row in positions.tolist()]

    return places


def _grouped(
    issue: Issue, dataset: str, variable: str, at: Location, places: Any
) -> Sequence[Finding]:
    """One finding per distinct value of an issue, counted, with its first occurrences."""
    if issue.values is None:
        return [_finding(issue, dataset, variable, at, None, issue.rows, places)]
    codes, uniques = pd.factorize(text_column(issue.values.reset_index(drop=True)))
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(-1, len(uniques) + 1))
    found = []
    for code in range(-1, len(uniques)):
        rows = issue.rows[order[bounds[code + 1] : bounds[code + 2]]]
        if len(rows):
            text = None if code < 0 else str(uniques[code])
            found.append(_finding(issue, dataset, variable, at, text, rows, places))
    return found


def _finding(
    issue: Issue,
    dataset: str,
    variable: str,
    at: Location,
    value: str | None,
    rows: Positions,
    places: Any,
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
        occurrences=tuple(sorted(places(rows[:MAX_OCCURRENCES]))),
    )
