"""Contracts of sources: what study.yaml says of a file, held against the file before mapping.

What breaks a contract is a finding of the source, with file, row and count by value. A column
that is gone stops the run when a spec reads it: its values would be missing in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.records import group_codes
from cdisc.algorithms.columns.uniques import distinct, is_missing, spread_array
from cdisc.build.lookups import match_texts
from cdisc.build.source_findings import findings_by_value, occurrences
from cdisc.errors import Location, SourceError, did_you_mean, raise_any
from cdisc.model import Finding, Severity
from cdisc.model.finding import MAX_VALUES
from cdisc.sources import SourceTable
from cdisc.sources.odm import KEYS as ODM_KEYS
from cdisc.sources.received import delimiter_hint
from cdisc.spec import StudySpec
from cdisc.spec.read_contract import ColumnContract
from cdisc.spec.read_sources import SourceDeclaration
from cdisc.spec.readers import readers

Flags = npt.NDArray[np.bool_]

_FORMS = {
    "integer": (r"^\s*[+-]?[0-9]+\s*$", "a whole number"),
    "number": (r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$", "a number"),
}
_MOST_READERS = 5


def check_columns(study: StudySpec, source: SourceDeclaration, table: SourceTable) -> list[Finding]:
    """Declared columns that the file has not, and columns of the file that are not declared.

    Raises SourceError, Problems for several, when a spec reads a column that is not there.
    """
    declared = source.spec.columns
    there = [str(column) for column in table.frame.columns]
    if not declared:
        return []
    file = table.files[0]
    lacking = [column for column in declared if column not in there]
    # every item group of an ODM file has these; nobody need declare those not wanted
    envelope = ODM_KEYS if set(ODM_KEYS) <= set(there) else ()
    extra = [column for column in there if column not in (*declared, *envelope)]
    errors: list[SourceError] = []
    found: list[Finding] = []
    for column in lacking:
        at = Location(file, name=f"column {column}")
        hint = _hint(column, list(declared), there, extra, len(lacking))
        read_by = readers(study, table.name, column)
        if read_by:
            verb = "reads" if len(read_by) == 1 else "read"
            message = f"source {table.name} has no column {column}, which {_listed(read_by)} {verb}"
            errors.append(SourceError(message, at=at, hint=hint))
            continue
        found.append(
            Finding(
                rule="source.column_missing",
                severity=Severity.ERROR,
                message=f"there is no column {column}; no spec reads it",
                dataset=table.name,
                variable=column,
                hint=hint,
                at=source.spec.at,
                count=1,
            )
        )
    raise_any(errors)
    found += [
        Finding(
            rule="source.column_new",
            severity=Severity.INFO,
            message=f"{file} has a column {column}, which study.yaml does not declare",
            dataset=table.name,
            variable=column,
            at=source.spec.at,
            count=1,
        )
        for column in extra
    ]
    return found


def check_contract(source: SourceDeclaration, table: SourceTable) -> list[Finding]:
    """Values that are not of their column's kind or codes, blanks, and records that repeat."""
    found: list[Finding] = []
    for name, contract in source.contract.items():
        if name in table.frame:
            found += _column(source, table, name, contract)
    unique = [name for name in source.unique if name in table.frame]
    if unique and len(unique) == len(source.unique):
        found += _repeated(source, table, unique)
    return found


def _column(
    source: SourceDeclaration, table: SourceTable, name: str, contract: ColumnContract
) -> list[Finding]:
    column = table.frame[name]
    values = distinct(column)
    found: list[Finding] = []

    def told(wrong: Flags, rule: str, message: str, **more: Any) -> None:
        rows = np.flatnonzero(wrong)
        if len(rows):
            found.extend(
                findings_by_value(
                    table,
                    rows,
                    column.take(rows),
                    rule=rule,
                    message=message,
                    column=name,
                    at=source.spec.at,
                    **more,
                )
            )

    if contract.required:
        told(values.missing, "source.required", f"{name} is blank")
    if contract.kind in _FORMS:
        pattern, what = _FORMS[contract.kind]
        wrong = ~np.asarray(pc.match_substring_regex(values.array, pattern), dtype=np.bool_)
        told(values.flags(wrong), "source.type", f"{name} {{value}} is not {what}")
    if contract.codes:
        codes = pa.array(contract.codes, pa.large_string())
        wrong = ~np.asarray(pc.is_in(values.array, codes), dtype=np.bool_)
        known = ", ".join(contract.codes)
        told(
            values.flags(wrong),
            "source.code",
            f"{name} {{value}} is none of its codes",
            hint=lambda text: did_you_mean(text, contract.codes) or f"They are {known}",
        )
    return found


def _repeated(
    source: SourceDeclaration, table: SourceTable, unique: Sequence[str]
) -> list[Finding]:
    """Records whose `unique` columns are those of another; a blank one identifies nothing."""
    columns: list[pd.Series[Any]] = [table.frame[name] for name in unique]
    codes = group_codes(columns)
    _, groups = np.unique(codes, return_inverse=True)
    several = spread_array(groups.astype(np.int64), np.bincount(groups) > 1, fill=False)
    for column in columns:
        several &= ~is_missing(column)
    rows = np.flatnonzero(several)
    if not len(rows):
        return []
    texts = match_texts(columns, rows)
    keys = len(distinct(texts).array)
    if keys <= MAX_VALUES:
        return findings_by_value(
            table,
            rows,
            texts,
            rule="source.unique",
            message=f"several records have {', '.join(unique)} {{value}}",
            column=unique[-1],
            at=source.spec.at,
        )
    # a key that never was one has as many values as records: that is one thing to say
    return [
        Finding(
            rule="source.unique",
            severity=Severity.ERROR,
            message=f"{keys:,} values of {', '.join(unique)} stand on several records",
            dataset=table.name,
            variable=unique[-1],
            at=source.spec.at,
            count=len(rows),
            occurrences=occurrences(table, rows),
        )
    ]


def _hint(
    column: str, declared: list[str], there: list[str], extra: list[str], lacking: int
) -> str:
    split = delimiter_hint(there)
    if split:
        return split
    near = did_you_mean(column, extra)
    found = near.removeprefix("Did you mean ").removesuffix("?") if near else ""
    if not found:
        found = _at_its_place(column, declared, there, extra)
    if not found and lacking == 1 and len(extra) == 1:
        found = extra[0]
    if found:
        return f"{found}, which is not declared, may be it: declare it, or ask for {column}"
    return f"The file has {', '.join(there[:12])}" + (
        f" and {len(there) - 12} more" if len(there) > 12 else ""
    )


def _at_its_place(column: str, declared: list[str], there: list[str], extra: list[str]) -> str:
    """The undeclared column between the same neighbours, both of them or the one there is."""
    place = declared.index(column)
    before = declared[place - 1] if place else ""
    after = declared[place + 1] if place + 1 < len(declared) else ""
    for name in extra:
        where = there.index(name)
        left = there[where - 1] if where else ""
        right = there[where + 1] if where + 1 < len(there) else ""
        if (left, right) == (before, after):
            return name
    return ""


def _listed(read_by: Sequence[str]) -> str:
    shown = ", ".join(read_by[:_MOST_READERS])
    more = len(read_by) - _MOST_READERS
    return shown if more <= 0 else f"{shown} and {more} more"
