"""Records that stand in a spec itself: trial arms, visits and the like."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cdisc.algorithms.columns.numbers import decimal
from cdisc.errors import Location
from cdisc.spec.feeds import ROWS
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.trace.answer import Cell, Link, Record


def written_in(spec: DatasetSpec, texts: Mapping[str, str], columns: Collection[str]) -> list[Link]:
    """The line of the spec that a record was written in; none where it cannot be told.

    It is the line whose cells the record's copies of them are equal to, if there is one such.
    `columns` are the variables asked about.
    """
    every = list(_lines(spec.rows))
    known = {name for cells, _ in every for name in cells}
    copies = {
        variable.call.texts["of"]: name
        for name, variable in spec.variables.items()
        if variable.call.algorithm.name == "copy" and name in texts
    }
    copies = {cell: name for cell, name in copies.items() if cell in known}
    lines = [
        (cells, at)
        for cells, at in every
        if all(_equal(cells.get(cell, ""), texts[name]) for cell, name in copies.items())
    ]
    if len(lines) != 1 or not copies:
        return []
    (cells, at), asked = lines[0], {cell for cell, name in copies.items() if name in columns}
    shown = tuple(Cell(name, text, name in asked) for name, text in cells.items())
    place = f"{at.file} line {at.line}"
    return [Link(ROWS, "written in", [Record(spec.name, at.line or 0, True, place, (), shown)], 1)]


def _lines(rows: Rows) -> Iterator[tuple[Mapping[str, str], Location]]:
    yield from rows.values
    for part in rows.stack:
        yield from _lines(part)


def _equal(written: str, value: str) -> bool:
    """Whether a cell of the spec is the value, numbers as numbers."""
    first, second = decimal(written), decimal(value)
    return written == value if first is None or second is None else first == second
