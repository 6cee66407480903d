"""Findings about records of a source: grouped by value, counted, with file and row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build.by_value import by_value
from cdisc.errors import Location
from cdisc.model import Finding, Occurrence, Severity
from cdisc.model.finding import MAX_OCCURRENCES, others_message
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
    """One finding for each distinct value among some records of a source (see `by_value`).

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
    findings = []
    for value, mine, others in by_value(values, rows):
        shown = "blank" if value is None else f"'{value}'"
        said = others_message(column) if others else message.replace("{value}", shown)
        findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=said,
                dataset=table.name,
                variable=column,
                value=value,
                hint="" if others else _hint(hint, value or ""),
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
