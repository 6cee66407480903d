"""The names of columns: out of one header row, or several joined as `TOP.SUB`."""

from __future__ import annotations

from collections.abc import Sequence

from cdisc.errors import Location, SourceError
from cdisc.model import Finding
from cdisc.sources.received import note


def column_names(
    rows: Sequence[Sequence[str]], file: str, line: int, *, fill: bool = True
) -> tuple[list[str], list[str], tuple[Finding, ...]]:
    """Names of all columns, the names given to unnamed ones, and notes.

    `rows` are the header rows, top first. With `fill`, a blank cell of an upper row takes the
    text to its left, as a merged cell shows; the parts of a column are joined with a dot. White
    space around a name is left out. An unnamed column is called `column 7`, its 1-based position.

    Raises SourceError, at `line`, when no column has a name or two have the same one.
    """
    width = max((len(row) for row in rows), default=0)
    padded = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    upper = [_filled(row) if fill else row for row in padded[:-1]]
    parts = [[row[i] for row in upper] + [padded[-1][i]] for i in range(width)]
    # A column without any text of its own is unnamed, whatever stands to the left of it.
    own = [any(row[i] for row in padded) for i in range(width)]
    names = [".".join(p for p in parts[i] if p) if own[i] else "" for i in range(width)]
    if not any(names):
        raise SourceError(
            "the header row is blank",
            at=Location(file, line),
            hint="Say in which row the column names stand: header_row",
        )
    seen: dict[str, int] = {}
    for position, name in enumerate(names, 1):
        if name and name in seen:
            raise SourceError(
                f"columns {seen[name]} and {position} have the same name {name!r}",
                at=Location(file, line),
                hint="Each column needs a name of its own",
            )
        seen[name] = position
    unnamed = [f"column {i}" for i, name in enumerate(names, 1) if not name]
    notes: tuple[Finding, ...] = ()
    spaced = [cell for row in rows for cell in row if cell.strip() and cell != cell.strip()]
    if spaced:
        text = "white space around column names left out: " + ", ".join(map(repr, spaced))
        notes = (note(file, "source_header_blanks", text),)
    return [name or f"column {i}" for i, name in enumerate(names, 1)], unnamed, notes


def _filled(row: Sequence[str]) -> list[str]:
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled
