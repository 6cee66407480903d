"""Whose a record is: raw ids of a source held against the crosswalk of study.yaml.

Every source with a subject gets one more column, the person; the raw id stays as received. A
record whose id the crosswalk does not know, or cannot decide, is rejected: it reaches no
dataset, is a finding, and is listed under `build/rejected/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct, is_missing, pair
from cdisc.build.source_findings import findings_by_value
from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.model import Finding, Severity
from cdisc.sources import SourceTable
from cdisc.spec.read_sources import Crosswalk, SourceDeclaration

Positions = npt.NDArray[np.int64]

MOST_HINTS = 20
"""Near ids are looked for only so often: a column of 10,000 wrong ids has one cause, not that many.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """The crosswalk, read: for each column of ids a person by id, and the ids of several."""

    declared: Crosswalk
    table: SourceTable
    by_id: Mapping[str, Mapping[str, str]]
    several: Mapping[str, Mapping[str, str]]


def read_persons(declared: Crosswalk, table: SourceTable) -> Persons:
    """The persons of a crosswalk; what is wrong with it becomes notes of its table.

    An id in several lines of one person is fine. An id of two persons decides nothing, and a
    line without a person names nobody: both are error findings.
    """
    person = distinct(table.frame[declared.person])
    notes: list[Finding] = []
    by_id: dict[str, Mapping[str, str]] = {}
    several: dict[str, Mapping[str, str]] = {}
    for name in declared.ids:
        ids = distinct(table.frame[name])
        known = np.flatnonzero((ids.codes >= 0) & (person.codes >= 0))
        _, (id_codes, person_codes) = pair([ids.codes[known], person.codes[known]])
        count = np.bincount(id_codes, minlength=len(ids.texts))
        one = count[id_codes] == 1
        by_id[name] = {
            ids.texts[i]: person.texts[p]
            for i, p in zip(id_codes[one].tolist(), person_codes[one].tolist(), strict=True)
        }
        shared: dict[str, list[str]] = {}
        for i, p in zip(id_codes[~one].tolist(), person_codes[~one].tolist(), strict=True):
            shared.setdefault(ids.texts[i], []).append(person.texts[p])
        several[name] = {text: ", ".join(sorted(shared[text])) for text in sorted(shared)}
        rows = np.flatnonzero(ids.flags(count > 1) & (person.codes >= 0))
        notes += findings_by_value(
            table,
            rows,
            table.frame[name].take(rows),
            rule="crosswalk.several_persons",
            message=f"{name} {{value}} stands for more than one person",
            column=name,
            hint={text: f"They are {persons}" for text, persons in several[name].items()},
            at=declared.spec.at,
        )
    nobody = np.flatnonzero(person.missing)
    notes += findings_by_value(
        table,
        nobody,
        table.frame[declared.person].take(nobody),
        rule="crosswalk.no_person",
        message=f"the line has no {declared.person}: its ids are unknown",
        column=declared.person,
        at=declared.spec.at,
    )
    return Persons(declared, replace(table, notes=(*table.notes, *notes)), by_id, several)


def with_persons(
    table: SourceTable, declared: SourceDeclaration, persons: Persons
) -> tuple[SourceTable, SourceTable | None]:
    """The source with the column of the person, and its rejected records if there are any.

    Raises SourceError when the source has a column called as the person already.
    """
    if declared.person in table.frame.columns:
        raise SourceError(
            f"source {table.name} has a column {declared.person}, the crosswalk's name for the "
            "person",
            at=Location(table.files[0]),
            hint="Call the person otherwise: study.yaml, crosswalk, person",
        )
    column = table.frame[declared.subject]
    known = persons.by_id[declared.subject_id]
    ids = distinct(column)
    found = pa.array([known.get(text) for text in ids.texts], pa.large_string())
    person = ids.text(found)
    rejected = is_missing(person)
    whole = replace(table, frame=table.frame.assign(**{declared.person: person}))
    if not rejected.any():
        return whole, None
    notes = _notes(table, declared, persons, np.flatnonzero(rejected))
    kept = rows_of(whole, np.flatnonzero(~rejected))
    return replace(kept, notes=(*table.notes, *notes)), rows_of(table, np.flatnonzero(rejected))


def rows_of(table: SourceTable, keep: Positions) -> SourceTable:
    """The source with these rows only, by ascending position, and nothing to say.

    Rows that stand together are a view of the whole, not a copy.
    """
    together = len(keep) > 0 and int(keep[-1] - keep[0]) == len(keep) - 1
    picked = slice(int(keep[0]), int(keep[-1]) + 1) if together else keep
    frame = table.frame.iloc[picked] if together else table.frame.take(keep)
    return replace(
        table,
        frame=frame.reset_index(drop=True),
        file_of=table.file_of[picked],
        row_of=table.row_of[picked],
        notes=(),
    )


def _notes(
    table: SourceTable, declared: SourceDeclaration, persons: Persons, rows: Positions
) -> list[Finding]:
    """The findings about records that are rejected."""
    crosswalk, name = persons.declared, declared.subject_id
    values: pd.Series[Any] = table.frame[declared.subject].take(rows).reset_index(drop=True)
    blank = is_missing(values)
    unclear = np.asarray(
        pc.is_in(
            pa.array(values, pa.large_string(), from_pandas=True),
            pa.array(list(persons.several[name]), pa.large_string()),
        ),
        dtype=np.bool_,
    )
    file = crosswalk.spec.file
    hints = _hints(values[~blank & ~unclear], persons, declared)
    parts = (
        (blank, "source.subject_missing", f"{declared.subject} is blank: the record is rejected"),
        (
            unclear,
            "source.subject_unclear",
            f"{name} {{value}} stands for more than one person in {file}: the record is rejected",
        ),
        (
            ~blank & ~unclear,
            "source.subject_unknown",
            f"{{value}} is no {name} of {file}: the record is rejected",
        ),
    )
    found: list[Finding] = []
    for which, rule, message in parts:
        found += findings_by_value(
            table,
            rows[which],
            values[which],
            rule=rule,
            message=message,
            severity=Severity.ERROR,
            column=declared.subject,
            hint=hints if rule == "source.subject_unknown" else "",
            at=declared.spec.at,
        )
    return found


def _hints(values: pd.Series[Any], persons: Persons, declared: SourceDeclaration) -> dict[str, str]:
    """What an unknown id may be: an id of another column, else one that is near."""
    hints: dict[str, str] = {}
    for text in sorted(distinct(values.reset_index(drop=True)).texts)[:MOST_HINTS]:
        other = next((column for column, known in persons.by_id.items() if text in known), "")
        if other:
            wanted = f"{{column: {declared.subject}, id: {other}}}"
            hints[text] = f"It is a {other}: subject: {wanted}"
        else:
            hints[text] = did_you_mean(text, persons.by_id[declared.subject_id])
    return hints
