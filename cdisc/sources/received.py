"""What each reader hands over, and the cleaning that is the same for every format."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.errors import Location, SourceError
from cdisc.model import Finding, Occurrence, Severity
from cdisc.model.finding import MAX_OCCURRENCES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Received:
    """One file as read: large_string columns, null for missing; `rows` is the 1-based data row.

    `available` names all columns of the file, also those not asked for.
    """

    table: pa.Table
    available: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    notes: tuple[Finding, ...] = ()


def note(file: str, rule: str, message: str, *, hint: str = "", warn: bool = False) -> Finding:
    """A finding about a file as such, not about a cell of it."""
    return Finding(
        rule=rule,
        severity=Severity.WARNING if warn else Severity.INFO,
        message=message,
        hint=hint,
        at=Location(file),
    )


def blank_to_missing(table: pa.Table, texts: Collection[str]) -> pa.Table:
    """Cells that are all white space, or one of `texts`, become null."""
    null = pa.scalar(None, pa.large_string())
    columns = []
    for column in table.columns:
        absent = pc.utf8_is_space(column)
        if texts:
            absent = pc.or_(absent, pc.is_in(column, pa.array(list(texts), pa.large_string())))
        hit = pc.any(absent).as_py()
        columns.append(pc.if_else(absent, null, column) if hit else column)
    return pa.table(columns, names=table.column_names) if columns else table


def blank_rows(received: Received) -> npt.NDArray[np.bool_]:
    """True for each row in which every cell is missing."""
    blank = np.ones(len(received.rows), dtype=np.bool_)
    for column in received.table.columns:
        if not blank.any():
            break
        blank &= column.is_null().to_numpy()
    return blank


def delimiter_hint(names: Collection[str]) -> str:
    """What to declare when the only column of a file holds the delimiter; else an empty text."""
    only = next(iter(names)) if len(names) == 1 else ""
    split = next((char for char in ";\t|," if char in only), "")
    return f"The header holds {split!r}: declare delimiter: {split!r}" if split else ""


def drop_unnamed(received: Received, file: str, unnamed: Collection[str], line: int) -> Received:
    """Leave out unnamed columns that are empty all the way down; refuse one that holds data.

    Raises SourceError, at the header's line, for an unnamed column with a value in it.
    """
    for name in unnamed:
        column = received.table.column(name)
        if column.null_count == len(column):
            continue
        present = np.flatnonzero(column.is_valid().to_numpy())
        raise SourceError(
            f"{name} has no name but holds data"
            f" ({len(present):,} rows, first row {received.rows[present[0]]})",
            at=Location(file, line),
            hint="Name the column in its header, or remove what stands below it",
        )
    if not unnamed:
        return received
    left_out = note(
        file,
        "source_unnamed_columns",
        f"empty columns without a name left out: {', '.join(unnamed)}",
    )
    return replace(
        received,
        table=received.table.drop_columns(list(unnamed)),
        notes=(*received.notes, left_out),
    )


def drop_blank_rows(received: Received, file: str, blank: npt.NDArray[np.bool_]) -> Received:
    """Leave out the rows marked `blank`; those between data rows are counted in a note.

    Blank rows after the last data row say nothing and are not mentioned.
    """
    if not blank.any():
        return received
    kept = ~blank
    last = np.flatnonzero(kept)
    inner = received.rows[: last[-1]][blank[: last[-1]]] if len(last) else received.rows[:0]
    notes = received.notes
    if len(inner):
        finding = Finding(
            rule="source_blank_rows",
            severity=Severity.INFO,
            message="blank rows left out",
            at=Location(file),
            count=len(inner),
            occurrences=tuple(Occurrence(file, int(row)) for row in inner[:MAX_OCCURRENCES]),
        )
        notes = (*notes, finding)
    return replace(
        received,
        table=received.table.filter(pa.array(kept)),
        rows=received.rows[kept],
        notes=notes,
    )
