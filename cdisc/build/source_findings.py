"""Findings about records of a source: grouped by value, counted, with file and row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.uniques import distinct
from cdisc.errors import Location
from cdisc.model import Finding, Occurrence, Severity
from cdisc.model.finding import MAX_OCCURRENCES
from cdisc.sources import SourceTable

Positions = npt.NDArray[np.int64]
Hint = Callable[[str], str]


def occurrences(table: SourceTable, rows: Positions) -> tuple[Occurrence, ...]:
    """The raw places of the first of some records, which come in the order of the table."""
    shown = rows[:MAX_OCCURRENCES]
    files = table.file_of[shown].tolist()
    places = table.row_of[shown].tolist()
    return tuple(
        Occurrence(file=table.files[file], row=row) for file, row in zip(files, places, strict=True)
    )


def findings_by_value(
    table: SourceTable,
    rows: Positions,
    values: pd.Series[Any],
    *,
    rule: str,
    message: str,
    severity: Severity = Severity.ERROR,
    column: str = "",
    hint: Hint | Mapping[str, str] | str = "",
    at: Location,
) -> list[Finding]:
    """One finding for each distinct value among some records of a source.

    Args:
        table: The source.
        rows: 0-based positions of the records, ascending.
        values: The value of each of them, in the same order.
        rule: The rule's id.
        message: What is said; `{value}` stands for the value.
        severity: How bad it is.
        column: The column the value stands in.
        hint: What to do, one text or one by value.
        at: The place in study.yaml that asked for it.
    """
    found = distinct(values.reset_index(drop=True))
    order = np.argsort(found.codes, kind="stable")
    bounds = np.searchsorted(found.codes[order], np.arange(-1, len(found.texts) + 1))
    findings = []
    for number, value in enumerate((None, *found.texts)):
        mine = rows[order[bounds[number] : bounds[number + 1]]]
        if not len(mine):
            continue
        findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=message.replace("{value}", "blank" if value is None else f"'{value}'"),
                dataset=table.name,
                variable=column,
                value=value,
                hint=_hint(hint, value or ""),
                at=at,
                count=len(mine),
                occurrences=occurrences(table, mine),
            )
        )
    return findings


def _hint(hint: Hint | Mapping[str, str] | str, value: str) -> str:
    if isinstance(hint, str):
        return hint
    return hint.get(value, "") if isinstance(hint, Mapping) else hint(value)
