"""Demographics of others that have a subject several times.

DM has one record for each subject (SDTMIG 3.4, section 5.2). Where SDTM was made by others, and a
transport file has a subject twice, everything that looks the subject up would find several records.
One of them is kept, the others are rejected as records without a known subject are: they reach no
dataset, are a finding, and are listed under `build/rejected/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import distinct
from cdisc.build.persons import rows_of
from cdisc.build.source_findings import findings_by_value
from cdisc.sources import SourceTable
from cdisc.spec.read_sources import SourceDeclaration

DEMOGRAPHICS = "DM"
Positions = npt.NDArray[np.int64]


def one_of_each_subject(
    table: SourceTable, declared: SourceDeclaration
) -> tuple[SourceTable, SourceTable | None]:
    """Demographics with one record for each subject, and the records rejected if there are any.

    Of several the one kept is the first by the texts of its columns, so that the order of the file
    does not decide; the finding says where they differ and which one is kept. Any other source,
    and a record without subject, stays as it is.
    """
    if not _is_demographics(table, declared):
        return table, None
    subjects = distinct(table.frame[declared.subject])
    several = subjects.flags(np.bincount(subjects.codes + 1)[1:] > 1)
    if not several.any():
        return table, None
    rows = np.flatnonzero(several)
    columns = {
        str(name): ranks(table.frame[name].take(rows).reset_index(drop=True))
        for name in table.frame.columns
    }
    group = subjects.codes[rows]
    order = np.lexsort([rows, *list(columns.values())[::-1], group])
    ordered = group[order]
    first = order[np.r_[True, ordered[1:] != ordered[:-1]]]
    kept = dict(zip(group[first].tolist(), first.tolist(), strict=True))
    others = np.delete(rows, first)
    notes = findings_by_value(
        table,
        others,
        table.frame[declared.subject].take(others).reset_index(drop=True),
        rule="source.subject_repeated",
        message=f"{table.files[0]} has several records of subject {{value}}; DM has one of each, "
        "so the others are rejected",
        column=declared.subject,
        hint={
            subjects.texts[code]: _hint(
                columns, np.flatnonzero(group == code), int(table.row_of[rows[at]])
            )
            for code, at in kept.items()
        },
        at=declared.spec.at,
    )
    whole = rows_of(table, np.setdiff1d(np.arange(len(table.frame)), others))
    return replace(whole, notes=(*table.notes, *notes)), rows_of(table, others)


def _is_demographics(table: SourceTable, declared: SourceDeclaration) -> bool:
    """Whether a source is DM as others submitted it, by DOMAIN or, without one, by its name."""
    frame = table.frame
    if not declared.submitted or declared.subject not in frame.columns:
        return False
    if "DOMAIN" not in frame.columns:
        return declared.spec.name.upper() == DEMOGRAPHICS
    return distinct(frame["DOMAIN"]).texts == [DEMOGRAPHICS]


def _hint(columns: Mapping[str, Positions], mine: Positions, row: int) -> str:
    """Where the records of one subject differ, and which one is kept."""
    unlike = [name for name, rank in columns.items() if len(np.unique(rank[mine])) > 1]
    if not unlike:
        return f"They are alike; row {row} is kept"
    return (
        f"They differ in {', '.join(unlike)}; row {row} is kept until the source says which stands"
    )
